package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ClientAddress;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Gives people another password. Thread-safe. */
@Component
public class PasswordChanges {
  private final JdbcClient jdbc;
  private final Passwords passwords;
  private final PasswordLogin login;
  private final OwnSessions sessions;
  private final ClientAddress addresses;
  private final TransactionTemplate transactions;

  PasswordChanges(
      JdbcClient jdbc,
      Passwords passwords,
      PasswordLogin login,
      OwnSessions sessions,
      ClientAddress addresses,
      TransactionTemplate transactions) {
    this.jdbc = jdbc;
    this.passwords = passwords;
    this.login = login;
    this.sessions = sessions;
    this.addresses = addresses;
    this.transactions = transactions;
  }

  /**
   * Changes a user's own password and ends the user's other sessions. The present one is asked for,
   * and guessing it is limited as guessing at the sign-in form is.
   *
   * @throws ApiException 400 naming what is wrong, 429 after too many wrong ones
   */
  public void change(
      Caller.SignedIn caller, Secret present, Secret wanted, HttpServletRequest request) {
    User user = caller.owner();
    switch (login.attempt(user.username(), present, addresses.of(request))) {
      case PasswordLogin.Outcome.Accepted(User _) -> {}
      case PasswordLogin.Outcome.Refused() ->
          throw ApiException.message(
              HttpStatus.BAD_REQUEST, Map.of("current password", "is not right"));
      case PasswordLogin.Outcome.Throttled() ->
          throw ApiException.message(
              HttpStatus.TOO_MANY_REQUESTS, "Too many failed attempts. Try again in ten minutes.");
    }
    Passwords.problem(wanted)
        .ifPresent(problem -> {
          throw ApiException.message(HttpStatus.BAD_REQUEST, Map.of("new password", problem));
        });
    String digest = passwords.digest(wanted);
    transactions.executeWithoutResult(status -> {
      jdbc.sql("update users set password_digest = :digest where id = :id")
          .param("digest", digest)
          .param("id", user.id())
          .update();
      sessions.endOthers(user, caller.session().digest());
    });
  }
}
