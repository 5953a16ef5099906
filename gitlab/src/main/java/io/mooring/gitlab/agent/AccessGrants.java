package io.mooring.gitlab.agent;

import io.mooring.gitlab.http.Json;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/** Whom an agent's configuration lets in, as it was applied last. Thread-safe. */
@Repository
public class AccessGrants {
  private final JdbcClient jdbc;

  AccessGrants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One entry of the configuration.
   *
   * @param keyword {@code ci_access} or {@code user_access}
   * @param group whether it names a group; else a project
   * @param path full path of the group or project
   * @param configuration the rest of the entry
   */
  public record Entry(String keyword, boolean group, String path, JsonNode configuration) {}

  /** All entries of an agent, jobs before people and projects before groups. */
  public List<Entry> of(Agent agent) {
    return jdbc.sql(
            """
            select 'ci_access' as keyword, false as is_group, r.path, z.config from agent_project_authorizations z
              join routes r on r.project_id = z.project_id where z.agent_id = :agent
            union all
            select 'ci_access', true, r.path, z.config from agent_group_authorizations z
              join routes r on r.namespace_id = z.group_id where z.agent_id = :agent
            union all
            select 'user_access', false, r.path, z.config from agent_user_access_project_authorizations z
              join routes r on r.project_id = z.project_id where z.agent_id = :agent
            union all
            select 'user_access', true, r.path, z.config from agent_user_access_group_authorizations z
              join routes r on r.namespace_id = z.group_id where z.agent_id = :agent
            order by 1, 2, 3\
            """)
        .param("agent", agent.id())
        .query((row, number) ->
            new Entry(
                row.getString("keyword"),
                row.getBoolean("is_group"),
                row.getString("path"),
                Json.MAPPER.readTree(row.getString("config"))))
        .list();
  }
}
