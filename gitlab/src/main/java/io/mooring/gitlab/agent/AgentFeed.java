package io.mooring.gitlab.agent;

import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.broadcast.Notice;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.http.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells pages what happens to agents: who looks at one hears everything, who looks at the list of
 * its project what the list shows (docs/actioncable.md). Thread-safe.
 */
@Component
public class AgentFeed {
  private final JdbcClient jdbc;
  private final Broadcasts broadcasts;
  private final InstantSource clock;

  AgentFeed(JdbcClient jdbc, Broadcasts broadcasts, InstantSource clock) {
    this.jdbc = jdbc;
    this.broadcasts = broadcasts;
    this.clock = clock;
  }

  /** Something that the list shows too. */
  public void tell(long agentId, String type, Instant at, ObjectNode data) {
    tell(agentId, type, at, data, data);
  }

  /** Something that happened just now. */
  void tell(long agentId, String type, ObjectNode data) {
    tell(agentId, type, clock.instant(), data);
  }

  /** Something of which the list shows less. */
  void tell(long agentId, String type, Instant at, ObjectNode data, ObjectNode listed) {
    tellAgent(agentId, type, at, data);
    project(agentId)
        .ifPresent(project ->
            broadcasts.publish(
                Stream.ofAgents(project), Notice.ofAgent(agentId, type, at, listed)));
  }

  /** Something of one agent that its list does not show. */
  void tellAgent(long agentId, String type, Instant at, ObjectNode data) {
    broadcasts.publish(Stream.ofAgent(agentId), Notice.ofAgent(agentId, type, at, data));
  }

  /** Something of an agent of a known project, which may be gone by now. */
  void tell(Agent agent, String type, ObjectNode data) {
    Notice notice = Notice.ofAgent(agent.id(), type, clock.instant(), data);
    broadcasts.publish(Stream.ofAgent(agent.id()), notice);
    broadcasts.publish(Stream.ofAgents(agent.project().id()), notice);
  }

  static ObjectNode data() {
    return Json.MAPPER.createObjectNode();
  }

  private Optional<Long> project(long agentId) {
    return jdbc.sql("select project_id from cluster_agents where id = :agent")
        .param("agent", agentId)
        .query(Long.class)
        .optional();
  }
}
