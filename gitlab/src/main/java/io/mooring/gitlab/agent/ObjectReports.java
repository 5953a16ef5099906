package io.mooring.gitlab.agent;

import io.mooring.wire.agentevents.rpc.ObjectRef;
import io.mooring.wire.agentevents.rpc.ObjectState;
import io.mooring.wire.agentevents.rpc.ObjectStates;
import io.mooring.wire.agentevents.rpc.WarningEvent;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What agents report of the objects they manage: their last states and the newest warnings. In the
 * caller's transaction. Thread-safe.
 */
@Repository
class ObjectReports {
  /** Warnings kept of each agent. */
  static final int KEPT_WARNINGS = 100;

  private final JdbcClient jdbc;
  private final AgentFeed feed;

  ObjectReports(JdbcClient jdbc, AgentFeed feed) {
    this.jdbc = jdbc;
    this.feed = feed;
  }

  void states(long agentId, ObjectStates states, OffsetDateTime time) {
    if (states.getReset()) {
      jdbc.sql(
              """
              delete from agent_objects
              where agent_id = :agent and project_path = :project and updated_at <= :time\
              """)
          .param("agent", agentId)
          .param("project", AgentReports.text(states.getProjectId()))
          .param("time", time)
          .update();
    }
    for (ObjectState state : states.getStatesList()) {
      if (state.getAction() == ObjectState.Action.PRUNED) {
        forget(agentId, states.getProjectId(), state.getObject(), time);
      } else {
        keep(agentId, states.getProjectId(), state, time);
      }
    }
    feed.tell(
        agentId,
        "objects_changed",
        time.toInstant(),
        ReportNotices.states(states),
        ReportNotices.summary(states));
  }

  private void forget(long agentId, String project, ObjectRef object, OffsetDateTime time) {
    jdbc.sql(
            """
            delete from agent_objects where agent_id = :agent and project_path = :project
              and api_group = :group and kind = :kind and namespace = :namespace and name = :name
              and updated_at <= :time\
            """)
        .param("agent", agentId)
        .param("project", AgentReports.text(project))
        .params(reference(object))
        .param("time", time)
        .update();
  }

  private void keep(long agentId, String project, ObjectState state, OffsetDateTime time) {
    jdbc.sql(
            """
            insert into agent_objects as o (agent_id, project_path, api_group, kind, namespace, name,
              action, health, message, source_file, source_line, source_column, updated_at)
            values (:agent, :project, :group, :kind, :namespace, :name,
              :action, :health, :message, :file, :line, :column, :time)
            on conflict (agent_id, project_path, api_group, kind, namespace, name) do update set
              action = excluded.action, health = excluded.health, message = excluded.message,
              source_file = excluded.source_file, source_line = excluded.source_line,
              source_column = excluded.source_column, updated_at = excluded.updated_at
            where o.updated_at <= excluded.updated_at\
            """)
        .param("agent", agentId)
        .param("project", AgentReports.text(project))
        .params(reference(state.getObject()))
        .param("action", state.getAction().name().toLowerCase(Locale.ROOT))
        .param("health", state.getHealth().name().toLowerCase(Locale.ROOT))
        .param("message", AgentReports.text(state.getMessage()))
        .param("file", AgentReports.text(state.getSource().getFile()))
        .param("line", state.getSource().getLine())
        .param("column", state.getSource().getColumn())
        .param("time", time)
        .update();
  }

  void warning(long agentId, WarningEvent warning, OffsetDateTime time) {
    jdbc.sql(
            """
            insert into agent_warnings
              (agent_id, project_path, api_group, kind, namespace, name, reason, message, count, happened_at)
            values (:agent, :project, :group, :kind, :namespace, :name, :reason, :message, :count, :time)\
            """)
        .param("agent", agentId)
        .param("project", AgentReports.text(warning.getProjectId()))
        .params(reference(warning.getObject()))
        .param("reason", AgentReports.text(warning.getReason()))
        .param("message", AgentReports.text(warning.getMessage()))
        .param("count", warning.getCount())
        .param("time", time)
        .update();
    feed.tell(agentId, "warning", time.toInstant(), ReportNotices.warning(warning));
    jdbc.sql(
            """
            delete from agent_warnings where agent_id = :agent and (happened_at, id) <= (
              select happened_at, id from agent_warnings where agent_id = :agent
              order by happened_at desc, id desc offset :kept limit 1)\
            """)
        .param("agent", agentId)
        .param("kept", KEPT_WARNINGS)
        .update();
  }

  private static Map<String, Object> reference(ObjectRef object) {
    return Map.of(
        "group", AgentReports.text(object.getGroup()),
        "kind", AgentReports.text(object.getKind()),
        "namespace", AgentReports.text(object.getNamespace()),
        "name", AgentReports.text(object.getName()));
  }
}
