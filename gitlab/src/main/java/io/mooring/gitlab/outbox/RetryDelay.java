package io.mooring.gitlab.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before trying again: doubling up to a limit, and up to half more by chance. */
public final class RetryDelay {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int MAX_DOUBLINGS = 16;

  private RetryDelay() {}

  /** From a quarter of a second to a minute, after so many failures, of which the first is 1. */
  public static Duration after(int failures, RandomGenerator random) {
    return after(failures, FIRST, LONGEST, random);
  }

  /** From {@code first} to {@code longest}, after so many failures, of which the first is 1. */
  public static Duration after(
      int failures, Duration first, Duration longest, RandomGenerator random) {
    long doubled = first.toMillis() << Math.clamp(failures - 1L, 0, MAX_DOUBLINGS);
    long millis = Math.min(doubled, longest.toMillis());
    return Duration.ofMillis(millis + random.nextLong(millis / 2 + 1));
  }
}
