package io.mooring.agentk.configuration;

/**
 * Who this agent is; told by kas with the first configuration and never different later.
 *
 * @param agentId positive
 * @param externalUrl address of GitLab for people, empty when kas has none
 */
public record AgentIdentity(long agentId, String externalUrl) {
  /** Checks the id. */
  public AgentIdentity {
    if (agentId <= 0) {
      throw new IllegalArgumentException("agent id " + agentId + " (expected: more than 0)");
    }
  }
}
