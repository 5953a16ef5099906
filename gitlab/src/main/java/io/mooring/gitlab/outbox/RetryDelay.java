package io.mooring.gitlab.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: doubling from a quarter of a second to a minute, and up to
 * half more.
 */
public final class RetryDelay {
  private static final long FIRST_MILLIS = 250;
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int MAX_DOUBLINGS = 16;

  private RetryDelay() {}

  /** The delay after so many failures, of which the first is 1. */
  public static Duration after(int failures, RandomGenerator random) {
    long doubled = FIRST_MILLIS << Math.clamp(failures - 1L, 0, MAX_DOUBLINGS);
    long millis = Math.min(doubled, LONGEST.toMillis());
    return Duration.ofMillis(millis + random.nextLong(millis / 2 + 1));
  }
}
