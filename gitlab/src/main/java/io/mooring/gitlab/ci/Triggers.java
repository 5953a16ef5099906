package io.mooring.gitlab.ci;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.identity.TokenDigest;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.protocol.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code ci_triggers}. Thread-safe. */
@Repository
class Triggers {
  /** GitLab's prefix, by which scanners find a leaked token. */
  static final String PREFIX = "glptt-";

  private static final int RANDOM_CHARACTERS = 40;
  private static final int MAX_LENGTH = 255;

  /** So much of a token is shown, for people to tell one from another. */
  private static final int SHOWN = 4;

  /** The last use is written no more often than this. */
  private static final Duration USE_PRECISION = Duration.ofMinutes(10);

  private final JdbcClient jdbc;
  private final TokenGenerator generator;
  private final InstantSource clock;

  Triggers(JdbcClient jdbc, TokenGenerator generator, InstantSource clock) {
    this.jdbc = jdbc;
    this.generator = generator;
    this.clock = clock;
  }

  /** A trigger without its token. */
  record Trigger(
      long id,
      long projectId,
      long ownerId,
      String description,
      String shortToken,
      Instant createdAt,
      Instant updatedAt,
      Optional<Instant> lastUsedAt) {}

  /** A new trigger and its token, which cannot be had a second time. */
  record Issued(Trigger trigger, Secret token) {}

  Issued issue(long projectId, long ownerId, String description) {
    Secret token = generator.token(PREFIX, RANDOM_CHARACTERS);
    Trigger trigger =
        jdbc.sql(
                """
                insert into ci_triggers (project_id, owner_id, description, digest, short_token, created_at, updated_at)
                values (:project, :owner, :description, :digest, :short, :now, :now) returning *\
                """)
            .param("project", projectId)
            .param("owner", ownerId)
            .param("description", description)
            .param("digest", TokenDigest.of(token.text()))
            .param("short", token.text().substring(PREFIX.length(), PREFIX.length() + SHOWN))
            .param("now", SqlTime.of(clock.instant()))
            .query(Triggers::trigger)
            .single();
    return new Issued(trigger, token);
  }

  /** The trigger of a token; noted as used. */
  Optional<Trigger> find(String token) {
    if (token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Optional<Trigger> found =
        jdbc.sql("select * from ci_triggers where digest = :digest")
            .param("digest", TokenDigest.of(token))
            .query(Triggers::trigger)
            .optional();
    Instant now = clock.instant();
    found
        .filter(trigger ->
            trigger.lastUsedAt().filter(last -> last.plus(USE_PRECISION).isAfter(now)).isEmpty())
        .ifPresent(trigger ->
            jdbc.sql("update ci_triggers set last_used_at = :now where id = :id")
                .param("now", SqlTime.of(now))
                .param("id", trigger.id())
                .update());
    return found;
  }

  /** The trigger of this id in a project. */
  Optional<Trigger> find(long projectId, long id) {
    return jdbc.sql("select * from ci_triggers where id = :id and project_id = :project")
        .param("id", id)
        .param("project", projectId)
        .query(Triggers::trigger)
        .optional();
  }

  /** Triggers of a project by id. */
  Page.Slice<Trigger> list(long projectId, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                "select * from ci_triggers where project_id = :project order by id limit :limit offset :offset")
            .param("project", projectId)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Triggers::trigger)
            .list(),
        jdbc.sql("select count(*) from ci_triggers where project_id = :project")
            .param("project", projectId)
            .query(Long.class)
            .single());
  }

  /** Removes a trigger, whose token is dead from now on. */
  void delete(long id) {
    jdbc.sql("delete from ci_triggers where id = :id").param("id", id).update();
  }

  private static Trigger trigger(ResultSet row, int number) throws SQLException {
    return new Trigger(
        row.getLong("id"),
        row.getLong("project_id"),
        row.getLong("owner_id"),
        row.getString("description"),
        row.getString("short_token"),
        SqlTime.required(row, "created_at"),
        SqlTime.required(row, "updated_at"),
        SqlTime.optional(row, "last_used_at"));
  }
}
