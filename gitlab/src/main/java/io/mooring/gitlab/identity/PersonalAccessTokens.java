package io.mooring.gitlab.identity;

import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.protocol.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code personal_access_tokens}. Thread-safe. */
@Repository
public class PersonalAccessTokens {
  /** Prefix by which scanners find a leaked token. */
  public static final String PREFIX = "glpat-";

  /** 28 characters of 5.9 bits: 165 bits. */
  private static final int RANDOM_CHARACTERS = 28;

  /** A longer text is no token of ours and not worth hashing. */
  private static final int MAX_LENGTH = 255;

  /** The last use is written no more often than this. */
  private static final Duration USE_PRECISION = Duration.ofMinutes(10);

  private final JdbcClient jdbc;
  private final TokenGenerator generator;
  private final Broadcasts broadcasts;
  private final InstantSource clock;

  PersonalAccessTokens(
      JdbcClient jdbc, TokenGenerator generator, Broadcasts broadcasts, InstantSource clock) {
    this.jdbc = jdbc;
    this.generator = generator;
    this.broadcasts = broadcasts;
    this.clock = clock;
  }

  /** A new token and its secret, which cannot be had a second time. */
  public record Issued(PersonalAccessToken token, Secret secret) {}

  /** Makes a token. */
  public Issued issue(
      long userId,
      String name,
      Optional<String> description,
      Set<Scope> scopes,
      LocalDate expiresAt) {
    Secret secret = generator.token(PREFIX, RANDOM_CHARACTERS);
    PersonalAccessToken token =
        jdbc.sql(
                """
                insert into personal_access_tokens
                  (user_id, name, description, digest, scopes, expires_at, created_at)
                values (:user, :name, :description, :digest, string_to_array(:scopes, ','), :expires, :now)
                returning *\
                """)
            .param("user", userId)
            .param("name", name)
            .param("description", description.orElse(null), Types.VARCHAR)
            .param("digest", TokenDigest.of(secret.text()))
            .param(
                "scopes",
                scopes.stream().map(Scope::text).sorted().collect(Collectors.joining(",")))
            .param("expires", expiresAt)
            .param("now", SqlTime.of(clock.instant()))
            .query(PersonalAccessTokens::token)
            .single();
    return new Issued(token, secret);
  }

  /** The token with this secret, be it worth anything or not; noted as used when it is. */
  public Optional<PersonalAccessToken> find(String secret) {
    if (secret.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Optional<PersonalAccessToken> found =
        jdbc.sql("select * from personal_access_tokens where digest = :digest")
            .param("digest", TokenDigest.of(secret))
            .query(PersonalAccessTokens::token)
            .optional();
    found.filter(token -> token.isActive(today())).ifPresent(this::noteUse);
    return found;
  }

  /** The token of this id. */
  public Optional<PersonalAccessToken> find(long id) {
    return jdbc.sql("select * from personal_access_tokens where id = :id")
        .param("id", id)
        .query(PersonalAccessTokens::token)
        .optional();
  }

  /** Tokens of a user, or of everybody, newest first. */
  public Page.Slice<PersonalAccessToken> list(Optional<Long> userId, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                """
                select * from personal_access_tokens where (:user::bigint is null or user_id = :user)
                order by id desc limit :limit offset :offset\
                """)
            .param("user", userId.orElse(null), Types.BIGINT)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(PersonalAccessTokens::token)
            .list(),
        jdbc.sql(
                """
                select count(*) from personal_access_tokens where (:user::bigint is null or user_id = :user)\
                """)
            .param("user", userId.orElse(null), Types.BIGINT)
            .query(Long.class)
            .single());
  }

  /** Takes a token back for good. */
  public void revoke(long id) {
    jdbc.sql("update personal_access_tokens set revoked = true where id = :id returning user_id")
        .param("id", id)
        .query(Long.class)
        .optional()
        .ifPresent(broadcasts::rightsChanged);
  }

  /** The day it is, by which tokens expire. */
  public LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private void noteUse(PersonalAccessToken token) {
    Instant now = clock.instant();
    if (token.lastUsedAt().filter(last -> last.plus(USE_PRECISION).isAfter(now)).isPresent()) {
      return;
    }
    jdbc.sql("update personal_access_tokens set last_used_at = :now where id = :id")
        .param("now", SqlTime.of(now))
        .param("id", token.id())
        .update();
  }

  private static PersonalAccessToken token(ResultSet row, int number) throws SQLException {
    return new PersonalAccessToken(
        row.getLong("id"),
        row.getLong("user_id"),
        row.getString("name"),
        Optional.ofNullable(row.getString("description")),
        Arrays.stream((String[]) row.getArray("scopes").getArray())
            .flatMap(name -> Scope.named(name).stream())
            .collect(Collectors.toSet()),
        row.getBoolean("revoked"),
        row.getObject("expires_at", LocalDate.class),
        SqlTime.required(row, "created_at"),
        SqlTime.optional(row, "last_used_at"));
  }
}
