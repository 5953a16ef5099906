package io.mooring.kas.access;

import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import java.util.Optional;

/**
 * Access, as far as the ceiling allows.
 *
 * @param agentId the agent
 * @param configProjectId its configuration project
 * @param caller who is behind the request
 * @param impersonation in whose name the cluster is asked; absent is "as the agent itself"
 * @param ceiling what the administrator lets nobody exceed; ask it about every request
 */
public record Granted(
    long agentId,
    long configProjectId,
    Caller caller,
    Optional<ImpersonationConfig> impersonation,
    Ceiling ceiling)
    implements Decision {

  /** Name of the identity that the cluster sees, for audit: {@code agent}, or the user's name. */
  public String identity() {
    return impersonation.map(ImpersonationConfig::getUsername).orElse("agent");
  }
}
