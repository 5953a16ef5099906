package io.mooring.gitlab.identity;

import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.protocol.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/**
 * The table {@code user_sessions}. The public id of a session is in its cookie and nowhere else;
 * the table holds {@code 2::} and its SHA-256 in hex, as GitLab's session store does
 * (gitlab-side.md 2.5). Thread-safe.
 */
@Repository
public class Sessions {
  /** A session that is not used for so long ends. */
  static final Duration IDLE = Duration.ofDays(7);

  /** A session in which nobody signed in is only a sign-in form. */
  static final Duration ANONYMOUS = Duration.ofHours(1);

  /** Use is written no more often than this. */
  private static final Duration USE_PRECISION = Duration.ofMinutes(5);

  private static final int ID_BYTES = 32;
  private static final int CSRF_BYTES = 32;

  /** Ours have 64 characters. */
  private static final int MAX_ID_LENGTH = 128;

  private final JdbcClient jdbc;
  private final TokenGenerator generator;
  private final Broadcasts broadcasts;
  private final InstantSource clock;

  Sessions(JdbcClient jdbc, TokenGenerator generator, Broadcasts broadcasts, InstantSource clock) {
    this.jdbc = jdbc;
    this.generator = generator;
    this.broadcasts = broadcasts;
    this.clock = clock;
  }

  /** A new session and its public id. */
  public record Opened(Session session, Secret publicId) {}

  /** Opens a session in which nobody signed in yet. */
  public Opened openForm() {
    return open(Optional.empty(), SessionOrigin.NONE);
  }

  /** Opens a session for a user. */
  public Opened open(long userId, SessionOrigin origin) {
    return open(Optional.of(userId), origin);
  }

  private Opened open(Optional<Long> userId, SessionOrigin origin) {
    Secret publicId = Secret.of(HexFormat.of().formatHex(generator.bytes(ID_BYTES)));
    Instant now = clock.instant();
    Session session =
        jdbc.sql(
                """
                insert into user_sessions (digest, user_id, csrf_secret, created_at, last_seen_at, expires_at, address, user_agent)
                values (:digest, :user, :csrf, :now, :now, :expires, :address, :agent)
                returning *\
                """)
            .param("digest", digest(publicId.text()))
            .param("user", userId.orElse(null), Types.BIGINT)
            .param("csrf", generator.bytes(CSRF_BYTES))
            .param("now", SqlTime.of(now))
            .param("expires", SqlTime.of(now.plus(userId.isPresent() ? IDLE : ANONYMOUS)))
            .param("address", origin.address())
            .param("agent", origin.userAgent())
            .query(Sessions::session)
            .single();
    return new Opened(session, publicId);
  }

  /** The session of a public id, unless it ended. Counts as a use. */
  public Optional<Session> find(String publicId) {
    if (publicId.isEmpty() || publicId.length() > MAX_ID_LENGTH) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    String digest = digest(publicId);
    Optional<Session> found =
        jdbc.sql("select * from user_sessions where digest = :digest and expires_at > :now")
            .param("digest", digest)
            .param("now", SqlTime.of(now))
            .query(Sessions::session)
            .optional();
    found
        .filter(session -> session.userId().isPresent())
        .ifPresent(session -> noteUse(digest, now));
    return found;
  }

  /** Ends a session. */
  public void close(Session session) {
    jdbc.sql("delete from user_sessions where digest = :digest")
        .param("digest", session.digest())
        .update();
    session.userId().ifPresent(broadcasts::rightsChanged);
  }

  /** Whether a session goes on. Does not count as a use. */
  boolean isOpen(Session session) {
    return jdbc.sql(
            "select exists (select 1 from user_sessions where digest = :digest and expires_at > :now)")
        .param("digest", session.digest())
        .param("now", SqlTime.of(clock.instant()))
        .query(Boolean.class)
        .single();
  }

  /** Ends every session of a user. */
  public void closeAll(long userId) {
    jdbc.sql("delete from user_sessions where user_id = :user").param("user", userId).update();
    broadcasts.rightsChanged(userId);
  }

  /** Removes what ended. */
  @Scheduled(fixedDelay = 10, initialDelay = 10, timeUnit = TimeUnit.MINUTES)
  void removeExpired() {
    jdbc.sql("delete from user_sessions where expires_at <= :now")
        .param("now", SqlTime.of(clock.instant()))
        .update();
  }

  private void noteUse(String digest, Instant now) {
    jdbc.sql(
            """
            update user_sessions set last_seen_at = :now, expires_at = :expires
            where digest = :digest and last_seen_at < :stale\
            """)
        .param("now", SqlTime.of(now))
        .param("expires", SqlTime.of(now.plus(IDLE)))
        .param("digest", digest)
        .param("stale", SqlTime.of(now.minus(USE_PRECISION)))
        .update();
  }

  private static String digest(String publicId) {
    return "2::" + HexFormat.of().formatHex(TokenDigest.of(publicId));
  }

  private static Session session(ResultSet row, int number) throws SQLException {
    return new Session(
        row.getString("digest"),
        Optional.ofNullable(row.getObject("user_id", Long.class)),
        Secret.of(row.getBytes("csrf_secret")));
  }
}
