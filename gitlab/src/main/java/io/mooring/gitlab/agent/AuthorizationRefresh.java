package io.mooring.gitlab.agent;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Author;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Transfers;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stores what an agent's configuration file says of whom the agent serves (gitlab-side.md 4.4).
 * What is not in the file any more is served no more. Thread-safe.
 */
@Component
public class AuthorizationRefresh {
  /** Entries of one list that count; those after them are ignored. */
  static final int MAX_ENTRIES = 500;

  /** The parts of a configuration that say whom the agent serves. */
  private static final List<String> ACCESS = List.of("ci_access", "user_access");

  private static final String PROJECT_TARGETS =
      """
      select p.id, lower(r.path) as path from projects p join routes r on r.project_id = p.id
        join namespaces n on n.id = p.namespace_id
      where n.traversal_ids[1] = :root and lower(r.path) = any(string_to_array(:paths, ' '))\
      """;

  private static final String GROUP_TARGETS =
      """
      select n.id, lower(r.path) as path from namespaces n join routes r on r.namespace_id = n.id
      where n.kind = 'group' and n.traversal_ids[1] = :root and lower(r.path) = any(string_to_array(:paths, ' '))\
      """;

  /** The four tables, with the column that names the target. */
  private enum Table {
    CI_PROJECTS("agent_project_authorizations", "project_id", PROJECT_TARGETS),
    CI_GROUPS("agent_group_authorizations", "group_id", GROUP_TARGETS),
    USER_PROJECTS("agent_user_access_project_authorizations", "project_id", PROJECT_TARGETS),
    USER_GROUPS("agent_user_access_group_authorizations", "group_id", GROUP_TARGETS);

    private final String table;
    private final String column;
    private final String targets;

    Table(String table, String column, String targets) {
      this.table = table;
      this.column = column;
      this.targets = targets;
    }
  }

  private final JdbcClient jdbc;
  private final Agents agents;
  private final AuditEvents audit;
  private final InstantSource clock;

  AuthorizationRefresh(JdbcClient jdbc, Agents agents, AuditEvents audit, InstantSource clock) {
    this.jdbc = jdbc;
    this.agents = agents;
    this.audit = audit;
    this.clock = clock;
  }

  /** Stores a configuration, in the JSON form of {@code agentcfg.ConfigurationFile}. */
  @Transactional
  public void apply(Agent agent, ObjectNode configuration) {
    // Two configurations at once would mix.
    ObjectNode before = stored(agent.id());
    jdbc.sql(
            """
            update cluster_agents set configuration = cast(:configuration as jsonb),
              configuration_updated_at = :now where id = :id\
            """)
        .param("configuration", storable(configuration))
        .param("now", SqlTime.of(clock.instant()))
        .param("id", agent.id())
        .update();
    replace(agent, configuration);
    noteAccess(agent, before, configuration);
  }

  /** Who pushed is not known here; the commit of the configuration tells. */
  private void noteAccess(Agent agent, ObjectNode before, ObjectNode after) {
    Map<String, Object> changes = new LinkedHashMap<>();
    for (String section : ACCESS) {
      if (!before.path(section).equals(after.path(section))) {
        changes.put(
            section, Map.of("from", optional(before, section), "to", optional(after, section)));
      }
    }
    if (!changes.isEmpty()) {
      audit.record(
          new AuditEvent(
              "cluster_agent_access_changed",
              Author.SYSTEM,
              Entity.project(agent.project().id(), agent.project().fullPath()),
              new Target("Clusters::Agent", agent.id(), agent.name()),
              changes));
    }
  }

  private static JsonNode optional(ObjectNode configuration, String section) {
    return configuration.path(section).isObject()
        ? configuration.path(section)
        : JsonNodeFactory.instance.objectNode();
  }

  private ObjectNode stored(long agentId) {
    return jdbc.sql(
            "select coalesce(configuration, '{}') as stored from cluster_agents where id = :id for update")
        .param("id", agentId)
        .query((row, number) -> Json.MAPPER.readTree(row.getString("stored")))
        .optional()
        .filter(ObjectNode.class::isInstance)
        .map(ObjectNode.class::cast)
        .orElseGet(JsonNodeFactory.instance::objectNode);
  }

  private void replace(Agent agent, ObjectNode configuration) {
    JsonNode ci = configuration.path("ci_access");
    JsonNode users = configuration.path("user_access");
    ObjectNode userConfig = JsonNodeFactory.instance.objectNode();
    if (users.path("access_as").isObject()) {
      userConfig.set("access_as", users.path("access_as"));
    }
    replace(agent, Table.CI_PROJECTS, entries(ci.path("projects")));
    replace(agent, Table.CI_GROUPS, entries(ci.path("groups")));
    replace(agent, Table.USER_PROJECTS, same(entries(users.path("projects")), userConfig));
    replace(agent, Table.USER_GROUPS, same(entries(users.path("groups")), userConfig));
  }

  /**
   * Reads the stored configurations of the agents under these roots anew, because paths in them may
   * name something else now, or something that is out of their reach.
   */
  @EventListener
  @Transactional
  public void onMoved(Transfers.Moved moved) {
    jdbc.sql(
            """
            select a.id from cluster_agents a join projects p on p.id = a.project_id
              join namespaces n on n.id = p.namespace_id
            where n.traversal_ids[1] in (:roots) and a.configuration is not null order by a.id\
            """)
        .param("roots", moved.rootIds())
        .query(Long.class)
        .list()
        .forEach(id -> agents.find(id).ifPresent(agent -> replace(agent, stored(id))));
  }

  /** Entries by path in lower case, without their id. Of two with one path the last counts. */
  private static Map<String, ObjectNode> entries(JsonNode list) {
    Map<String, ObjectNode> entries = new LinkedHashMap<>();
    int count = 0;
    for (JsonNode node : list) {
      if (count++ == MAX_ENTRIES) {
        break;
      }
      String id = node.path("id").asString("");
      // A path holds no space, so that a list of them can be one text.
      if (node instanceof ObjectNode entry
          && !id.isBlank()
          && id.chars().noneMatch(c -> c <= ' ')) {
        ObjectNode config = entry.deepCopy();
        config.remove("id");
        entries.put(id.toLowerCase(Locale.ROOT), config);
      }
    }
    return entries;
  }

  private static Map<String, ObjectNode> same(Map<String, ObjectNode> entries, ObjectNode config) {
    entries.replaceAll((id, ignored) -> config);
    return entries;
  }

  private void replace(Agent agent, Table table, Map<String, ObjectNode> entries) {
    Map<Long, ObjectNode> targets = new LinkedHashMap<>();
    if (!entries.isEmpty()) {
      Namespace namespace = agent.project().namespace();
      jdbc.sql(table.targets)
          .param("root", namespace.rootId())
          .param("paths", String.join(" ", entries.keySet()))
          .query(row -> {
            ObjectNode config = entries.get(row.getString("path"));
            if (config != null) {
              targets.put(row.getLong("id"), config);
            }
          });
    }
    List<Long> kept = new ArrayList<>(targets.keySet());
    kept.add(0L); // An empty list is no SQL, and no row has this id.
    jdbc.sql(
            "delete from "
                + table.table
                + " where agent_id = :agent and "
                + table.column
                + " not in (:kept)")
        .param("agent", agent.id())
        .param("kept", kept)
        .update();
    targets.forEach((target, config) ->
        jdbc.sql(
                "insert into "
                    + table.table
                    + " (agent_id, "
                    + table.column
                    + ", config) values (:agent, :target, cast(:config as jsonb)) on conflict (agent_id, "
                    + table.column
                    + ") do update set config = excluded.config")
            .param("agent", agent.id())
            .param("target", target)
            .param("config", storable(config))
            .update());
  }

  /** jsonb refuses the NUL character in texts. */
  private static String storable(JsonNode node) {
    return Json.MAPPER.writeValueAsString(node).replace("\\u0000", "");
  }
}
