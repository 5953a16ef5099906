package io.mooring.kas.identity;

import io.grpc.StatusException;
import java.util.Optional;

/**
 * Finds out which agent a token belongs to. Calls block; use them on virtual threads. What is
 * {@link #known} is told at once.
 */
@FunctionalInterface
public interface AgentLookup {
  /**
   * Asks GitLab, or the cache, whose token this is (wire.md 3.1).
   *
   * @throws StatusException {@code UNAUTHENTICATED}, {@code PERMISSION_DENIED}, {@code NOT_FOUND},
   *     {@code UNAVAILABLE} when GitLab gave no usable answer (worth a retry), {@code CANCELLED} or
   *     {@code DEADLINE_EXCEEDED} when the caller's RPC ended
   */
  AgentInfo agent(AgentToken token) throws StatusException;

  /** The answer, if it is there already. Never blocks. */
  default Optional<AgentInfo> known(AgentToken token) {
    return Optional.empty();
  }
}
