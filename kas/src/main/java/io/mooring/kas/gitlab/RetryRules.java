package io.mooring.kas.gitlab;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** When a call is tried again, and after which pause (gitlab-api.md 1). */
final class RetryRules {
  static final int MAX_RETRIES = 4;
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration MAX = Duration.ofSeconds(30);

  private final InstantSource clock;

  RetryRules(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether a later attempt may get a better answer. */
  static boolean isRetriable(int status) {
    return status == 429 || (status >= 500 && status != 501);
  }

  /** Pause after an attempt without answer; attempts count from 0. */
  Duration delay(int attempt) {
    Duration delay = FIRST.multipliedBy(1L << attempt);
    return delay.compareTo(MAX) > 0 ? MAX : delay;
  }

  /**
   * Pause after an answer, which may ask for a longer one.
   *
   * @param retryAfter header of that name, empty when there is none
   */
  Duration delay(int attempt, int status, String retryAfter) {
    Duration delay = delay(attempt);
    if (status != 429 && status != 503) {
      return delay;
    }
    Duration asked = parse(retryAfter).orElse(delay);
    return asked.compareTo(MAX) > 0 ? MAX : asked;
  }

  private Optional<Duration> parse(String retryAfter) {
    String text = retryAfter.strip();
    if (!text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Duration until =
          Duration.between(
              clock.instant(),
              ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return until.isNegative() ? Optional.of(Duration.ZERO) : Optional.of(until);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
