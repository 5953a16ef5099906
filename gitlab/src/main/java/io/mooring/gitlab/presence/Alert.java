package io.mooring.gitlab.presence;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That an agent went away, as the API shows it.
 *
 * @param reason {@code disconnected} when kas said so, {@code silent} when nothing was heard
 * @param lastSeenAt when it was last heard of
 * @param raisedAt when it had been away for too long
 * @param resolvedAt when it was back to stay; null while it is lost
 */
record Alert(
    long id,
    long agentId,
    String agentName,
    String kind,
    String reason,
    Instant lastSeenAt,
    Instant raisedAt,
    @Nullable Instant resolvedAt) {
  /** The one kind there is. */
  static final String KIND = "agent_lost";
}
