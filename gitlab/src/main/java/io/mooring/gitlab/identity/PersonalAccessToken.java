package io.mooring.gitlab.identity;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;

/**
 * A token that stands for a user, without its secret.
 *
 * @param id number in the database
 * @param userId whom it stands for
 * @param name what its owner called it
 * @param description what its owner wrote about it
 * @param scopes what it may be used for
 * @param revoked taken back
 * @param expiresAt the first day on which it is worth nothing
 * @param createdAt when it was made
 * @param lastUsedAt the last use, to ten minutes
 */
public record PersonalAccessToken(
    long id,
    long userId,
    String name,
    Optional<String> description,
    Set<Scope> scopes,
    boolean revoked,
    LocalDate expiresAt,
    Instant createdAt,
    Optional<Instant> lastUsedAt) {
  public PersonalAccessToken {
    scopes = Set.copyOf(scopes);
  }

  /** Whether it is past its day. */
  public boolean isExpired(LocalDate today) {
    return !today.isBefore(expiresAt);
  }

  /** Whether it is worth anything. */
  public boolean isActive(LocalDate today) {
    return !revoked && !isExpired(today);
  }
}
