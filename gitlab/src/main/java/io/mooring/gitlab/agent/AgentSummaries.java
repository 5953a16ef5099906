package io.mooring.gitlab.agent;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Agents at a glance, for lists. Thread-safe. */
@Repository
public class AgentSummaries {
  /** Looks at the tables below only for the agents of one page. */
  private static final String SELECT =
      """
      select a.id, a.name, a.project_id, r.path as project_path, t.used, t.active, c.status as configuration,
        coalesce(jsonb_array_length(c.problems), 0) as configuration_problems,
        d.deployments, d.failing, d.running, d.commit_id, d.synced_at, o.objects, o.unhealthy, o.changing,
        l.raised_at as lost_at
      from page join cluster_agents a on a.id = page.id join routes r on r.project_id = a.project_id
        left join agent_configuration_states c on c.agent_id = a.id
        left join agent_alerts l on l.agent_id = a.id and l.resolved_at is null
        cross join lateral (
          select max(greatest(t.last_used_at, u.last_used_at)) as used, count(*) as active
          from cluster_agent_tokens t left join cluster_agent_token_uses u on u.token_id = t.id
          where t.agent_id = a.id and t.status = 0) t
        cross join lateral (
          select count(*) as deployments, count(*) filter (where outcome in ('failed', 'halted') or refusal <> '') as failing,
            count(*) filter (where outcome = 'running') as running,
            (array_agg(commit_id order by updated_at desc))[1] as commit_id, max(finished_at) as synced_at
          from agent_deployments d where d.agent_id = a.id) d
        cross join lateral (
          select count(*) as objects,
            count(*) filter (where health in ('failed', 'not_found') or action = 'apply_failed') as unhealthy,
            count(*) filter (where health in ('in_progress', 'terminating') and action <> 'apply_failed') as changing
          from agent_objects o where o.agent_id = a.id) o
      """;

  /** Agents that the viewer develops with, as gitlab-side.md 4.2 has it. */
  private static final String VISIBLE =
      """
      from cluster_agents a join projects p on p.id = a.project_id
        join namespaces n on n.id = p.namespace_id
      where p.repository_access <> 'disabled' and (:admin or n.owner_id = :user
        or exists (select 1 from members m where m.user_id = :user and m.access_level >= 30
                   and (m.project_id = p.id or m.namespace_id = any(n.traversal_ids))
                   and (m.expires_at is null or m.expires_at > :today)))
        and (:search = '' or position(lower(:search) in a.name) > 0)
      """;

  private final JdbcClient jdbc;
  private final InstantSource clock;

  AgentSummaries(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Agents of a project, by name. */
  public Page.Slice<AgentSummary> of(Project project, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                """
                with page as (select id from cluster_agents where project_id = :project
                  order by name limit :limit offset :offset)
                """
                    + SELECT
                    + " order by a.name")
            .param("project", project.id())
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(AgentSummaries::summary)
            .list(),
        jdbc.sql("select count(*) from cluster_agents where project_id = :project")
            .param("project", project.id())
            .query(Long.class)
            .single());
  }

  /** One agent. */
  public AgentSummary of(Agent agent) {
    return jdbc.sql("with page as (select :agent::bigint as id) " + SELECT)
        .param("agent", agent.id())
        .query(AgentSummaries::summary)
        .single();
  }

  /** Agents of every project that somebody develops for, newest first. */
  public Page.Slice<AgentSummary> visible(Access.Viewer viewer, String search, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                "with page as (select a.id "
                    + VISIBLE
                    + " order by a.id desc limit :limit offset :offset) "
                    + SELECT
                    + " order by a.id desc")
            .params(parameters(viewer, search))
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(AgentSummaries::summary)
            .list(),
        jdbc.sql("select count(*) " + VISIBLE)
            .params(parameters(viewer, search))
            .query(Long.class)
            .single());
  }

  /** Agents that somebody should look at, at most so many of them. */
  public List<AgentSummary> needingAttention(Access.Viewer viewer, int limit) {
    return jdbc.sql(
            "with page as (select a.id "
                + VISIBLE
                + """
                   and (exists (select 1 from agent_configuration_states c where c.agent_id = a.id and c.status = 'rejected')
                    or exists (select 1 from agent_deployments d where d.agent_id = a.id and (d.outcome in ('failed', 'halted') or d.refusal <> ''))
                    or exists (select 1 from agent_objects o where o.agent_id = a.id
                               and (o.health in ('failed', 'not_found') or o.action = 'apply_failed'))
                    or exists (select 1 from agent_alerts l where l.agent_id = a.id and l.resolved_at is null)
                    or (select max(greatest(t.last_used_at, u.last_used_at)) from cluster_agent_tokens t
                        left join cluster_agent_token_uses u on u.token_id = t.id
                        where t.agent_id = a.id and t.status = 0) < :stale)
                  order by a.id desc limit :limit)
                """
                + SELECT
                + " order by a.id desc")
        .params(parameters(viewer, ""))
        .param("stale", SqlTime.of(clock.instant().minus(AgentSummary.CONNECTED)))
        .param("limit", limit)
        .query(AgentSummaries::summary)
        .list();
  }

  private static Map<String, Object> parameters(Access.Viewer viewer, String search) {
    return Map.of(
        "admin",
        viewer.admin(),
        "user",
        new SqlParameterValue(Types.BIGINT, viewer.userId().orElse(null)),
        "today",
        viewer.today(),
        "search",
        search);
  }

  private static AgentSummary summary(ResultSet row, int number) throws SQLException {
    return new AgentSummary(
        row.getLong("id"),
        row.getString("name"),
        row.getLong("project_id"),
        row.getString("project_path"),
        SqlTime.optional(row, "used"),
        row.getInt("active"),
        Optional.ofNullable(row.getString("configuration")),
        row.getInt("configuration_problems"),
        row.getInt("deployments"),
        row.getInt("failing"),
        row.getInt("running"),
        Optional.ofNullable(row.getString("commit_id")),
        SqlTime.optional(row, "synced_at"),
        row.getInt("objects"),
        row.getInt("unhealthy"),
        row.getInt("changing"),
        SqlTime.optional(row, "lost_at"));
  }
}
