package io.mooring.gitlab.identity;

import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.database.SqlTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The sessions of one user, as the user sees and ends them. Thread-safe. */
@Repository
public class OwnSessions {
  private final JdbcClient jdbc;
  private final Broadcasts broadcasts;
  private final InstantSource clock;

  OwnSessions(JdbcClient jdbc, Broadcasts broadcasts, InstantSource clock) {
    this.jdbc = jdbc;
    this.broadcasts = broadcasts;
    this.clock = clock;
  }

  /**
   * A session that runs.
   *
   * @param digest what it is stored under, from which nobody gets its cookie
   * @param origin where it was begun
   */
  public record Running(
      String digest, Instant createdAt, Instant lastSeenAt, SessionOrigin origin) {}

  /** Sessions that run, the newest use first. */
  public List<Running> of(User user) {
    return jdbc.sql(
            """
            select digest, created_at, last_seen_at, address, user_agent from user_sessions
            where user_id = :user and expires_at > :now order by last_seen_at desc limit 100\
            """)
        .param("user", user.id())
        .param("now", SqlTime.of(clock.instant()))
        .query((row, number) ->
            new Running(
                row.getString("digest"),
                SqlTime.required(row, "created_at"),
                SqlTime.required(row, "last_seen_at"),
                new SessionOrigin(row.getString("address"), row.getString("user_agent"))))
        .list();
  }

  /** Ends one of the user's sessions; one of somebody else stays. */
  public void end(User user, String digest) {
    jdbc.sql("delete from user_sessions where digest = :digest and user_id = :user")
        .param("digest", digest)
        .param("user", user.id())
        .update();
    broadcasts.rightsChanged(user.id());
  }

  /** Ends all of the user's sessions but this one. */
  public void endOthers(User user, Session kept) {
    jdbc.sql("delete from user_sessions where user_id = :user and digest <> :digest")
        .param("user", user.id())
        .param("digest", kept.digest())
        .update();
    broadcasts.rightsChanged(user.id());
  }
}
