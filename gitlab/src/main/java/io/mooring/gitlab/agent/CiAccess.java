package io.mooring.gitlab.agent;

import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.project.Project;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Which agents serve the jobs of a project, and how (gitlab-side.md 1.12). Thread-safe. */
@Repository
public class CiAccess {
  private final JdbcClient jdbc;
  private final Agents agents;

  CiAccess(JdbcClient jdbc, Agents agents) {
    this.jdbc = jdbc;
    this.agents = agents;
  }

  /**
   * An agent and the entry of its configuration that applies.
   *
   * @param agent the agent
   * @param configuration the entry without its id; empty when the agent stands in the project
   *     itself
   */
  public record Grant(Agent agent, JsonNode configuration) {}

  private record Row(long agentId, JsonNode config) {}

  /**
   * Agents for a project: by an entry for the project, then those of the project, then by an entry
   * for a group, nearest first. An agent counts once, and only within one root namespace.
   */
  public List<Grant> of(Project project) {
    List<Row> first = byProject(project);
    List<Row> last = byGroup(project);
    Map<Long, Agent> known =
        agents.of(
            Stream.concat(first.stream(), last.stream()).map(Row::agentId).distinct().toList());
    Map<Long, Grant> grants = new LinkedHashMap<>();
    first.forEach(row -> add(grants, known, row));
    agents
        .of(project)
        .forEach(agent ->
            grants.putIfAbsent(
                agent.id(), new Grant(agent, JsonNodeFactory.instance.objectNode())));
    last.forEach(row -> add(grants, known, row));
    return List.copyOf(grants.values());
  }

  private static void add(Map<Long, Grant> grants, Map<Long, Agent> known, Row row) {
    Agent agent = known.get(row.agentId());
    if (agent != null) {
      grants.putIfAbsent(row.agentId(), new Grant(agent, row.config()));
    }
  }

  private List<Row> byProject(Project project) {
    return jdbc.sql(
            """
            select z.agent_id, z.config from agent_project_authorizations z
              join cluster_agents a on a.id = z.agent_id join projects p on p.id = a.project_id
              join namespaces n on n.id = p.namespace_id
            where z.project_id = :project and n.traversal_ids[1] = :root order by a.id\
            """)
        .param("project", project.id())
        .param("root", project.namespace().rootId())
        .query((row, number) -> new Row(row.getLong("agent_id"), config(row.getString("config"))))
        .list();
  }

  private List<Row> byGroup(Project project) {
    return jdbc.sql(
            """
            select z.agent_id, z.config from agent_group_authorizations z
              join cluster_agents a on a.id = z.agent_id join projects p on p.id = a.project_id
              join namespaces n on n.id = p.namespace_id join namespaces g on g.id = z.group_id
            where z.group_id in (:groups) and n.traversal_ids[1] = :root
            order by cardinality(g.traversal_ids) desc, a.id\
            """)
        .param("groups", project.namespace().traversalIds())
        .param("root", project.namespace().rootId())
        .query((row, number) -> new Row(row.getLong("agent_id"), config(row.getString("config"))))
        .list();
  }

  private static JsonNode config(String json) {
    return Json.MAPPER.readTree(json);
  }
}
