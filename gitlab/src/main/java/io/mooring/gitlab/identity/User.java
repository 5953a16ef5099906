package io.mooring.gitlab.identity;

import io.mooring.gitlab.audit.AuditEvent;
import java.time.Instant;

/**
 * A person or a program with an account.
 *
 * @param id number in the database
 * @param username name to sign in with, also the path of the personal namespace
 * @param name name that is shown
 * @param email address, unique
 * @param admin may do everything
 * @param blocked may do nothing
 * @param createdAt when the account was made
 */
public record User(
    long id,
    String username,
    String name,
    String email,
    boolean admin,
    boolean blocked,
    Instant createdAt) {

  /** This user, as audit events name the author of an act. */
  public AuditEvent.Author author() {
    return new AuditEvent.Author(id, username);
  }
}
