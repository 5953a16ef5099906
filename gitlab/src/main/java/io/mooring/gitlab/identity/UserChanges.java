package io.mooring.gitlab.identity;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.protocol.secret.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What administrators change about accounts, and people about their own, by REST and by pages
 * alike. A new password ends every session of the account. Thread-safe.
 */
@Component
public class UserChanges {
  private final Users users;
  private final Accounts accounts;
  private final Sessions sessions;
  private final PasswordLogin login;
  private final AuditEvents audit;

  UserChanges(
      Users users, Accounts accounts, Sessions sessions, PasswordLogin login, AuditEvents audit) {
    this.users = users;
    this.accounts = accounts;
    this.sessions = sessions;
    this.login = login;
    this.audit = audit;
  }

  /**
   * Makes an account of {@code username}, {@code name}, {@code email}, {@code password} and {@code
   * admin}.
   *
   * @throws ApiException 400 naming what is wrong, 409 when name or address is taken
   */
  @Transactional
  public User create(User admin, Parameters parameters) {
    var wanted =
        new Users.NewUser(
            parameters.requiredText("username"),
            parameters.requiredText("name"),
            parameters.requiredText("email"),
            Secret.of(parameters.requiredText("password")),
            parameters.flag("admin").orElse(false));
    parameters.check();
    User user = accounts.create(wanted);
    note("user_created", admin, user, Map.of("admin", user.admin()));
    return user;
  }

  /**
   * Changes what is given of the same, but not the username.
   *
   * @throws ApiException 400 naming what is wrong, 409 when the address is taken
   */
  @Transactional
  public User update(User admin, User user, Parameters parameters) {
    String name = parameters.text("name").orElse(user.name());
    String email = parameters.text("email").orElse(user.email());
    boolean isAdmin = parameters.flag("admin").orElse(user.admin());
    Optional<Secret> password = parameters.text("password").map(Secret::of);
    parameters.check();
    Accounts.requireSound(name, email);
    password.ifPresent(UserChanges::requireGood);
    if (admin.id() == user.id() && !isAdmin) {
      throw ApiException.forbidden("You cannot take your own rights away");
    }
    try {
      users.update(user.id(), name, email, isAdmin);
    } catch (DuplicateKeyException e) {
      throw ApiException.message(HttpStatus.CONFLICT, "Email has already been taken");
    }
    Map<String, Object> details = new LinkedHashMap<>();
    if (isAdmin != user.admin()) {
      details.put("admin", isAdmin);
    }
    if (!email.equals(user.email())) {
      details.put("email", Map.of("from", user.email(), "to", email));
    }
    if (!name.equals(user.name())) {
      details.put("name", Map.of("from", user.name(), "to", name));
    }
    note("user_updated", admin, user, details);
    password.ifPresent(fresh -> replacePassword(admin, user, fresh));
    return users.find(user.id()).orElseThrow(() -> ApiException.notFound("User"));
  }

  /** Keeps a user out, whose sessions end, or lets the user in again. */
  @Transactional
  public void block(User admin, User user, boolean blocked) {
    if (blocked && user.id() == admin.id()) {
      throw ApiException.forbidden("You cannot block yourself");
    }
    users.block(user.id(), blocked);
    if (blocked) {
      sessions.closeAll(user.id());
    }
    note(blocked ? "user_blocked" : "user_unblocked", admin, user, Map.of());
  }

  /** Removes an account and what was its alone. */
  @Transactional
  public void delete(User admin, User user) {
    if (user.id() == admin.id()) {
      throw ApiException.forbidden("You cannot delete yourself");
    }
    accounts.delete(user);
    note("user_destroyed", admin, user, Map.of());
  }

  /**
   * Gives a user a new password, for the one that the user knows. Wrong ones count as failed
   * sign-ins.
   *
   * @param address where the request comes from
   * @throws ApiException 400 for a new one that is no good, 403 for a wrong old one, 429 after many
   */
  @Transactional(noRollbackFor = ApiException.class)
  public void changePassword(User user, Secret current, Secret fresh, String address) {
    requireGood(fresh);
    switch (login.attempt(user.username(), current, address)) {
      case PasswordLogin.Outcome.Accepted(User _) -> replacePassword(user, user, fresh);
      case PasswordLogin.Outcome.Refused() ->
          throw ApiException.forbidden("The current password is not right");
      case PasswordLogin.Outcome.Throttled() ->
          throw ApiException.error(
              HttpStatus.TOO_MANY_REQUESTS, "Too many failed attempts. Try again in ten minutes.");
    }
  }

  private void replacePassword(User author, User user, Secret fresh) {
    users.password(user.id(), fresh);
    sessions.closeAll(user.id());
    note("user_password_updated", author, user, Map.of());
  }

  private static void requireGood(Secret password) {
    Passwords.problem(password)
        .ifPresent(problem -> {
          throw ApiException.message(HttpStatus.BAD_REQUEST, Map.of("password", List.of(problem)));
        });
  }

  private void note(String name, User author, User user, Map<String, Object> details) {
    audit.record(
        new AuditEvent(
            name,
            author.author(),
            Entity.user(user.id(), user.username()),
            new Target("User", user.id(), user.username()),
            details));
  }
}
