package io.mooring.gitlab.ceiling;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.node.ObjectNode;

/** The table {@code agent_ceilings}. Thread-safe. */
@Repository
public class Ceilings {
  private final JdbcClient jdbc;
  private final InstantSource clock;

  Ceilings(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * A ceiling as it was set.
   *
   * @param agentId whose it is
   * @param ceiling the limits
   * @param updatedAt when it was set
   * @param updatedByUserId who set it
   */
  public record Setting(
      long agentId, Ceiling ceiling, Instant updatedAt, Optional<Long> updatedByUserId) {}

  /** The ceiling of an agent, if it has one. */
  public Optional<Ceiling> find(long agentId) {
    return setting(agentId).map(Setting::ceiling);
  }

  /** The same with who set it and when. */
  public Optional<Setting> setting(long agentId) {
    return jdbc.sql("select * from agent_ceilings where agent_id = :agent")
        .param("agent", agentId)
        .query(Ceilings::row)
        .optional();
  }

  /** Ceilings of those of some agents that have one, by agent. */
  public Map<Long, Ceiling> of(Collection<Long> agentIds) {
    Map<Long, Ceiling> found = new HashMap<>();
    if (!agentIds.isEmpty()) {
      jdbc.sql("select * from agent_ceilings where agent_id in (:agents)")
          .param("agents", agentIds)
          .query(Ceilings::row)
          .list()
          .forEach(set -> found.put(set.agentId(), set.ceiling()));
    }
    return found;
  }

  /** All ceilings, by agent. */
  public Page.Slice<Setting> list(Page page) {
    return new Page.Slice<>(
        jdbc.sql("select * from agent_ceilings order by agent_id limit :limit offset :offset")
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Ceilings::row)
            .list(),
        jdbc.sql("select count(*) from agent_ceilings").query(Long.class).single());
  }

  /** Sets the ceiling of an agent, in place of one that it had. */
  void store(long agentId, Ceiling ceiling, long userId) {
    jdbc.sql(
            """
            insert into agent_ceilings (agent_id, ceiling, updated_at, updated_by_user_id)
            values (:agent, cast(:ceiling as jsonb), :now, :user)
            on conflict (agent_id) do update set ceiling = excluded.ceiling, updated_at = excluded.updated_at,
              updated_by_user_id = excluded.updated_by_user_id\
            """)
        .param("agent", agentId)
        .param("ceiling", Json.MAPPER.writeValueAsString(ceiling.json()))
        .param("now", SqlTime.of(clock.instant()))
        .param("user", userId)
        .update();
  }

  /** Removes the ceiling of an agent; false when it had none. */
  boolean remove(long agentId) {
    return jdbc.sql("delete from agent_ceilings where agent_id = :agent")
            .param("agent", agentId)
            .update()
        > 0;
  }

  /** Notes numbers of projects and groups that nobody has. */
  void requireTargets(Ceiling ceiling, Parameters parameters) {
    missing("select id from projects where id in (:ids)", ceiling.projects())
        .forEach(id -> parameters.refuse("projects: " + id + " is the number of no project"));
    missing("select id from namespaces where kind = 'group' and id in (:ids)", ceiling.groups())
        .forEach(id -> parameters.refuse("groups: " + id + " is the number of no group"));
  }

  private List<Long> missing(String sql, Optional<List<Long>> ids) {
    if (ids.filter(listed -> !listed.isEmpty()).isEmpty()) {
      return List.of();
    }
    Set<Long> known = new HashSet<>(jdbc.sql(sql).param("ids", ids.get()).query(Long.class).list());
    return ids.get().stream().filter(id -> !known.contains(id)).toList();
  }

  private static Setting row(ResultSet row, int number) throws SQLException {
    var parameters = Parameters.of((ObjectNode) Json.MAPPER.readTree(row.getString("ceiling")));
    Ceiling ceiling = CeilingReader.read(parameters);
    try {
      parameters.check();
    } catch (ApiException e) {
      // Never less than what was set: a row that cannot be read is no missing limit.
      throw new IllegalStateException("ceiling of agent " + row.getLong("agent_id"), e);
    }
    return new Setting(
        row.getLong("agent_id"),
        ceiling,
        SqlTime.required(row, "updated_at"),
        Optional.ofNullable(row.getObject("updated_by_user_id", Long.class)));
  }
}
