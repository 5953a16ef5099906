package io.mooring.gitlab.agent;

import io.mooring.gitlab.agent.AgentState.Configuration;
import io.mooring.gitlab.agent.AgentState.Deployment;
import io.mooring.gitlab.agent.AgentState.ObjectView;
import io.mooring.gitlab.agent.AgentState.ProblemView;
import io.mooring.gitlab.agent.AgentState.Source;
import io.mooring.gitlab.agent.AgentState.Warning;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what {@link AgentReports} keeps. Thread-safe. */
@Repository
public class AgentStates {
  private final JdbcClient jdbc;

  AgentStates(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The last state of an agent; one that never reported has an empty one. */
  public AgentState of(long agentId) {
    Map<String, List<ObjectView>> objects = objects(agentId);
    Optional<Configuration> configuration =
        jdbc.sql("select * from agent_configuration_states where agent_id = :agent")
            .param("agent", agentId)
            .query((row, number) ->
                new Configuration(
                    row.getString("commit_id"),
                    row.getString("status"),
                    problems(row),
                    SqlTime.required(row, "updated_at")))
            .optional();
    List<Deployment> deployments =
        jdbc.sql("select * from agent_deployments where agent_id = :agent order by project_path")
            .param("agent", agentId)
            .query((row, number) ->
                deployment(
                    row,
                    Optional.ofNullable(objects.get(row.getString("project_path")))
                        .orElse(List.of())))
            .list();
    List<Warning> warnings =
        jdbc.sql(
                "select * from agent_warnings where agent_id = :agent order by happened_at desc, id desc")
            .param("agent", agentId)
            .query(AgentStates::warning)
            .list();
    return new AgentState(agentId, configuration.orElse(null), deployments, warnings);
  }

  private Map<String, List<ObjectView>> objects(long agentId) {
    Map<String, List<ObjectView>> objects = new HashMap<>();
    jdbc.sql(
            """
            select * from agent_objects where agent_id = :agent
            order by project_path, namespace, api_group, kind, name\
            """)
        .param("agent", agentId)
        .query(row -> {
          objects
              .computeIfAbsent(row.getString("project_path"), ignored -> new ArrayList<>())
              .add(object(row));
        });
    return objects;
  }

  private static Deployment deployment(ResultSet row, List<ObjectView> objects)
      throws SQLException {
    return new Deployment(
        row.getString("project_path"),
        row.getString("commit_id"),
        row.getString("outcome"),
        row.getString("message"),
        problems(row),
        row.getInt("applied"),
        row.getInt("unchanged"),
        row.getInt("pruned"),
        row.getInt("failed"),
        SqlTime.optional(row, "received_at").orElse(null),
        SqlTime.optional(row, "started_at").orElse(null),
        SqlTime.optional(row, "finished_at").orElse(null),
        row.getString("refusal"),
        row.getString("refusal").isEmpty() ? null : SqlTime.required(row, "refusal_at"),
        objects);
  }

  private static ObjectView object(ResultSet row) throws SQLException {
    return new ObjectView(
        row.getString("api_group"),
        row.getString("kind"),
        row.getString("namespace"),
        row.getString("name"),
        row.getString("action"),
        row.getString("health"),
        row.getString("message"),
        new Source(
            row.getString("source_file"), row.getInt("source_line"), row.getInt("source_column")));
  }

  private static Warning warning(ResultSet row, int number) throws SQLException {
    return new Warning(
        row.getString("project_path"),
        row.getString("api_group"),
        row.getString("kind"),
        row.getString("namespace"),
        row.getString("name"),
        row.getString("reason"),
        row.getString("message"),
        row.getInt("count"),
        SqlTime.required(row, "happened_at"));
  }

  private static List<ProblemView> problems(ResultSet row) throws SQLException {
    return List.of(Json.MAPPER.readValue(row.getString("problems"), ProblemView[].class));
  }
}
