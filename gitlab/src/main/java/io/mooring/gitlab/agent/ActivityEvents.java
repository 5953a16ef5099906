package io.mooring.gitlab.agent;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code agent_activity_events}, of which the newest of each agent are kept. Thread-safe.
 */
@Repository
public class ActivityEvents {
  /** Kept of each agent (gitlab-side.md 4.5). */
  static final int KEPT = 200;

  // GitLab's numbers.
  private static final int INFORMATION = 1;
  private static final int WARNING = 2;

  private final JdbcClient jdbc;
  private final AgentFeed feed;
  private final InstantSource clock;

  ActivityEvents(JdbcClient jdbc, AgentFeed feed, InstantSource clock) {
    this.jdbc = jdbc;
    this.feed = feed;
    this.clock = clock;
  }

  /** What happened, with the number that GitLab stores. */
  public enum Kind {
    TOKEN_CREATED(0),
    TOKEN_REVOKED(1),
    AGENT_CONNECTED(2),
    AGENT_DISCONNECTED(3),
    /** An alert was raised; not of GitLab, like the next. */
    AGENT_LOST(4),
    AGENT_RETURNED(5);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    static Kind of(int code) {
      return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst().orElseThrow();
    }
  }

  /** An event as the API shows it. */
  public record Event(
      long id,
      String kind,
      String level,
      Instant recordedAt,
      @Nullable Long userId,
      @Nullable Long agentTokenId) {}

  /** Adds an event and drops what is too old. */
  public void record(Kind kind, long agentId, Optional<Long> userId, Optional<Long> tokenId) {
    jdbc.sql(
            """
            insert into agent_activity_events (agent_id, kind, level, recorded_at, user_id, agent_token_id)
            values (:agent, :kind, :level, :now, :user, :token)\
            """)
        .param("agent", agentId)
        .param("kind", kind.code)
        .param("level", kind == Kind.AGENT_LOST ? WARNING : INFORMATION)
        .param("now", SqlTime.of(clock.instant()))
        .param("user", userId.orElse(null), Types.BIGINT)
        .param("token", tokenId.orElse(null), Types.BIGINT)
        .update();
    feed.tellAgent(
        agentId,
        "activity",
        clock.instant(),
        AgentFeed.data().put("kind", kind.name().toLowerCase(Locale.ROOT)));
    jdbc.sql(
            """
            delete from agent_activity_events where agent_id = :agent and (recorded_at, id) <= (
              select recorded_at, id from agent_activity_events where agent_id = :agent
              order by recorded_at desc, id desc offset :kept limit 1)\
            """)
        .param("agent", agentId)
        .param("kept", KEPT)
        .update();
  }

  /** Events of an agent, newest first. */
  public Page.Slice<Event> list(long agentId, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                """
                select * from agent_activity_events where agent_id = :agent
                order by recorded_at desc, id desc limit :limit offset :offset\
                """)
            .param("agent", agentId)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query((row, number) ->
                new Event(
                    row.getLong("id"),
                    Kind.of(row.getInt("kind")).name().toLowerCase(Locale.ROOT),
                    row.getInt("level") == WARNING ? "warn" : "info",
                    SqlTime.required(row, "recorded_at"),
                    row.getObject("user_id", Long.class),
                    row.getObject("agent_token_id", Long.class)))
            .list(),
        jdbc.sql("select count(*) from agent_activity_events where agent_id = :agent")
            .param("agent", agentId)
            .query(Long.class)
            .single());
  }
}
