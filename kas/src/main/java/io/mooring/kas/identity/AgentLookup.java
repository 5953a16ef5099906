package io.mooring.kas.identity;

import io.grpc.StatusException;

/** Finds out which agent a token belongs to. Calls block; use them on virtual threads. */
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
}
