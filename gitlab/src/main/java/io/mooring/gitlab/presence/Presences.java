package io.mooring.gitlab.presence;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.presence.Presence.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tables {@code agent_presences} and {@code presence_watch}. Thread-safe. */
@Repository
class Presences {
  private final JdbcClient jdbc;

  Presences(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** An agent that one replica looks at until {@code lease}. */
  record Claimed(long agentId, Instant lease) {}

  /**
   * Notes that an agent that is there was heard of, without reading its row first; false when it
   * needs more than that.
   */
  boolean stillPresent(long agentId, Instant now, Instant due) {
    return jdbc.sql(
                """
                update agent_presences set seen_at = greatest(seen_at, :now), due_at = :due
                where agent_id = :agent and state = 'present'\
                """)
            .param("agent", agentId)
            .param("now", SqlTime.of(now))
            .param("due", SqlTime.of(due))
            .update()
        > 0;
  }

  /** Begins to watch an agent; one that is watched is left as it is. */
  void begin(long agentId, Presence presence) {
    jdbc.sql(
            """
            insert into agent_presences (agent_id, state, since, seen_at, due_at, losses, returned_at)
            values (:agent, :state, :since, :seen, :due, :losses, :returned)
            on conflict (agent_id) do nothing\
            """)
        .param("agent", agentId)
        .params(columns(presence))
        .update();
  }

  /** What is known of an agent; others wait with their changes until the transaction ends. */
  Optional<Presence> lock(long agentId) {
    return jdbc.sql("select * from agent_presences where agent_id = :agent for update")
        .param("agent", agentId)
        .query(Presences::presence)
        .optional();
  }

  /** Stores what an agent became. */
  void store(long agentId, Presence presence) {
    jdbc.sql(
            """
            update agent_presences set state = :state, since = :since, seen_at = :seen, due_at = :due,
              losses = :losses, returned_at = :returned where agent_id = :agent\
            """)
        .param("agent", agentId)
        .params(columns(presence))
        .update();
  }

  /** Takes agents that are due, which no other replica then looks at until the lease ends. */
  List<Claimed> claim(int limit, Instant now, Duration lease) {
    Instant until = now.plus(lease);
    return jdbc.sql(
            """
            update agent_presences set due_at = :lease where agent_id in (
              select agent_id from agent_presences where due_at <= :now
              order by due_at limit :limit for update skip locked)
            returning agent_id, due_at\
            """)
        .param("lease", SqlTime.of(until))
        .param("now", SqlTime.of(now))
        .param("limit", limit)
        .query(
            (row, number) -> new Claimed(row.getLong("agent_id"), SqlTime.required(row, "due_at")))
        .list();
  }

  /**
   * Notes that somebody listens now. A gap since the last note begins a new time of listening.
   *
   * @param every notes that come faster than this are not written
   * @param gap longer than a replica takes to replace another
   * @return since when agents were listened to without a gap
   */
  Instant listen(Instant now, Duration every, Duration gap) {
    jdbc.sql(
            """
            update presence_watch set last_round_at = :now,
              listening_since = case when last_round_at < :gap then :now else listening_since end
            where last_round_at < :every\
            """)
        .param("now", SqlTime.of(now))
        .param("gap", SqlTime.of(now.minus(gap)))
        .param("every", SqlTime.of(now.minus(every)))
        .update();
    return jdbc.sql("select listening_since from presence_watch")
        .query((row, number) -> SqlTime.required(row, "listening_since"))
        .single();
  }

  private static Map<String, Object> columns(Presence presence) {
    return Map.of(
        "state", presence.state().name().toLowerCase(Locale.ROOT),
        "since", SqlTime.of(presence.since()),
        "seen", SqlTime.of(presence.seenAt()),
        "due",
            new SqlParameterValue(
                Types.TIMESTAMP_WITH_TIMEZONE, presence.dueAt().map(SqlTime::of).orElse(null)),
        "losses", presence.losses(),
        "returned", SqlTime.of(presence.returnedAt()));
  }

  private static Presence presence(ResultSet row, int number) throws SQLException {
    return new Presence(
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        SqlTime.required(row, "since"),
        SqlTime.required(row, "seen_at"),
        SqlTime.optional(row, "due_at"),
        row.getInt("losses"),
        SqlTime.required(row, "returned_at"));
  }
}
