package io.mooring.gitlab.identity;

import io.mooring.gitlab.database.SqlTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/**
 * Slows down who guesses passwords. Counted in the database, so that several applications share it.
 * One address that guesses does not lock the owner of the account out elsewhere. Thread-safe.
 */
@Repository
public class SignInThrottle {
  static final Duration WINDOW = Duration.ofMinutes(10);

  /** Failures of one address with one name; GitLab locks an account after as many. */
  static final int PER_NAME_AND_ADDRESS = 10;

  /** Failures of one address with any name: a household or an office may share it. */
  static final int PER_ADDRESS = 100;

  /** Failures with one name from anywhere: what a network of guessers gets in a window. */
  static final int PER_NAME = 300;

  private record Subject(String key, int limit) {}

  private final JdbcClient jdbc;
  private final InstantSource clock;

  SignInThrottle(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Whether one more attempt may be looked at. */
  public boolean permits(String login, String address) {
    return subjects(login, address).stream()
        .allMatch(subject -> failures(subject.key()) < subject.limit());
  }

  /** Notes an attempt with a wrong password. */
  public void noteFailure(String login, String address) {
    Instant now = clock.instant();
    for (Subject subject : subjects(login, address)) {
      jdbc.sql(
              """
              insert into sign_in_failures as f (subject, failures, window_ends) values (:subject, 1, :ends)
              on conflict (subject) do update set
                failures = case when f.window_ends <= :now then 1 else f.failures + 1 end,
                window_ends = case when f.window_ends <= :now then :ends else f.window_ends end\
              """)
          .param("subject", subject.key())
          .param("now", SqlTime.of(now))
          .param("ends", SqlTime.of(now.plus(WINDOW)))
          .update();
    }
  }

  /** Forgets the failures of somebody who knew the password at last. */
  public void noteSuccess(String login, String address) {
    jdbc.sql("delete from sign_in_failures where subject = :subject")
        .param("subject", subjects(login, address).getFirst().key())
        .update();
  }

  /** Removes windows that are over. */
  @Scheduled(fixedDelay = 10, initialDelay = 10, timeUnit = TimeUnit.MINUTES)
  void removeExpired() {
    jdbc.sql("delete from sign_in_failures where window_ends <= :now")
        .param("now", SqlTime.of(clock.instant()))
        .update();
  }

  private int failures(String subject) {
    return jdbc.sql(
            "select failures from sign_in_failures where subject = :subject and window_ends > :now")
        .param("subject", subject)
        .param("now", SqlTime.of(clock.instant()))
        .query(Integer.class)
        .optional()
        .orElse(0);
  }

  /** Names are stored as digests: people type passwords into the wrong field. */
  private static List<Subject> subjects(String login, String address) {
    String name = HexFormat.of().formatHex(TokenDigest.of(login.toLowerCase(Locale.ROOT)));
    return List.of(
        new Subject("both:" + name + ":" + address, PER_NAME_AND_ADDRESS),
        new Subject("address:" + address, PER_ADDRESS),
        new Subject("name:" + name, PER_NAME));
  }
}
