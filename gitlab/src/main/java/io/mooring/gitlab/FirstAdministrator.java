package io.mooring.gitlab;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Accounts;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.gitlab.identity.Users;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes an administrator when there is nobody yet. */
@Component
class FirstAdministrator {
  /** 24 characters of 5.9 bits: nobody guesses it before it is changed. */
  private static final int PASSWORD_LENGTH = 24;

  /** Any number that no other lock of this application has. */
  private static final long LOCK = 7_350_001;

  private final Users users;
  private final Accounts accounts;
  private final TokenGenerator generator;
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final GitLabConfiguration.Administrator wanted;

  FirstAdministrator(
      Users users,
      Accounts accounts,
      TokenGenerator generator,
      JdbcClient jdbc,
      TransactionTemplate transactions,
      GitLabConfiguration configuration) {
    this.users = users;
    this.accounts = accounts;
    this.generator = generator;
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.wanted = configuration.administrator();
  }

  /** The password that was made up, to be shown once; empty when none was. */
  Optional<Secret> ensure() {
    return transactions.execute(status -> create());
  }

  private Optional<Secret> create() {
    // Of several applications that start at once on one database, one makes the user.
    jdbc.sql("select pg_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(row -> {
          // The function answers nothing of use.
        });
    if (!users.isEmpty()) {
      return Optional.empty();
    }
    Optional<Secret> given =
        wanted.passwordFile().map(file -> SecretFiles.trimmed("administrator.password_file", file));
    Secret password = given.orElseGet(() -> generator.token("", PASSWORD_LENGTH));
    try {
      accounts.create(
          new Users.NewUser(wanted.username(), "Administrator", wanted.email(), password, true));
    } catch (ApiException e) {
      throw new SettingException(
          "administrator", e.body().get("message") + " (expected: a user that can be made)", e);
    }
    return given.isPresent() ? Optional.empty() : Optional.of(password);
  }
}
