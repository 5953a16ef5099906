package io.mooring.kas.access;

import java.util.Optional;

/** What an administrator lets nobody exceed who uses an agent, whatever its configuration says. */
public interface Ceiling {
  /** No limit. */
  Ceiling NONE = request -> Optional.empty();

  /**
   * Why a request is beyond the ceiling, as text for a 403; empty when it is not. Costs next to
   * nothing.
   */
  Optional<String> refusal(KubernetesRequest request);
}
