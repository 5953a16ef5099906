package io.mooring.gitlab.webhook;

import io.mooring.gitlab.database.SqlTime;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Counts failures in a row and stops webhooks that only fail, as GitLab does: after four for a
 * minute and then for ever longer, after forty for good. Thread-safe.
 */
@Repository
class Health {
  /** Failures in a row after which a webhook rests. */
  static final int TO_REST = 4;

  /** Failures in a row after which it is disabled. */
  static final int TO_DISABLE = 40;

  private static final Duration FIRST_REST = Duration.ofMinutes(1);
  private static final Duration LONGEST_REST = Duration.ofDays(1);
  private static final int MAX_DOUBLINGS = 11;

  private final JdbcClient jdbc;
  private final InstantSource clock;

  Health(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** An attempt succeeded: everything is forgiven. */
  void succeeded(long webhookId) {
    jdbc.sql(
            """
            update webhooks set failures = 0, disabled_until = null, disabled = false
            where id = :id and (failures > 0 or disabled)\
            """)
        .param("id", webhookId)
        .update();
  }

  /** An attempt failed. */
  void failed(long webhookId) {
    jdbc.sql("update webhooks set failures = failures + 1 where id = :id returning failures")
        .param("id", webhookId)
        .query(Integer.class)
        .optional()
        .filter(failures -> failures >= TO_REST)
        .ifPresent(failures ->
            jdbc.sql(
                    "update webhooks set disabled_until = :until, disabled = :disabled where id = :id")
                .param("id", webhookId)
                .param("until", SqlTime.of(clock.instant().plus(rest(failures))))
                .param("disabled", failures >= TO_DISABLE)
                .update());
  }

  /** How long a webhook rests after so many failures in a row. */
  static Duration rest(int failures) {
    Duration rest = FIRST_REST.multipliedBy(1L << Math.clamp(failures - TO_REST, 0, MAX_DOUBLINGS));
    return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
  }
}
