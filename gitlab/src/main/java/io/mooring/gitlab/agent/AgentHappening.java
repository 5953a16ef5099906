package io.mooring.gitlab.agent;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that happened to an agent, for parts of the application that this package does not
 * know. Published as an event of Spring on the thread and in the transaction that stores it, so
 * that whoever listens takes part in it.
 */
public sealed interface AgentHappening {
  /** Number of the agent. */
  long agentId();

  /** When it happened. */
  Instant at();

  /** It proved itself with a token. */
  record Seen(long agentId, Instant at) implements AgentHappening {}

  /** One of its pods connected to a kas. */
  record Connected(long agentId, Instant at) implements AgentHappening {}

  /** Its last connection to one kas ended; it may have others. */
  record Disconnected(long agentId, Instant at) implements AgentHappening {}

  /** It was away for longer than it may be. {@code seenAt} is when it was last heard of. */
  record Lost(long agentId, Instant at, Instant seenAt, String reason) implements AgentHappening {}

  /** It is back, for long enough to be believed. {@code lostAt} is when it was found lost. */
  record Returned(long agentId, Instant at, Instant lostAt) implements AgentHappening {}

  /** Its configuration was refused, for a commit that was not refused before. */
  record ConfigurationRefused(long agentId, Instant at, ObjectNode data)
      implements AgentHappening {}

  /** A manifest project failed or was halted, at a commit that did not fail before. */
  record SyncFailed(long agentId, Instant at, ObjectNode data) implements AgentHappening {}

  /** A manifest project that failed succeeds again. */
  record SyncRecovered(long agentId, Instant at, ObjectNode data) implements AgentHappening {}
}
