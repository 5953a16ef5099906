package io.mooring.agentk.kubernetesapi;

/** Counts proxied requests. Called on the event loop; must not block. */
@FunctionalInterface
public interface RequestCounts {
  /** A request is over. */
  void ended(RequestOutcome outcome);
}
