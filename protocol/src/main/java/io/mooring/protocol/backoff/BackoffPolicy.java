package io.mooring.protocol.backoff;

import java.time.Duration;

/**
 * Numbers of an exponential back-off, written {@code backoff(init, max, reset, factor, jitter)} in
 * wire.md 7.
 *
 * @param init delay of the first step
 * @param max no delay before jitter is longer
 * @param reset the sequence starts again when the previous step began longer ago than this
 * @param factor each step is so many times the one before, at least 1
 * @param jitter each delay is multiplied by 1 + random(0..jitter)
 */
public record BackoffPolicy(
    Duration init, Duration max, Duration reset, double factor, double jitter) {
  /** Of nearly every loop: backoff(10 s, 5 min, 10 min, 2.0, 1.0). */
  public static final BackoffPolicy STANDARD =
      new BackoffPolicy(
          Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(10), 2.0, 1.0);

  /**
   * Of configuration polling in kas and of applying in agentk: backoff(10 s, 1 min, 2 min, 2.0,
   * 1.0).
   */
  public static final BackoffPolicy SHORT =
      new BackoffPolicy(
          Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(2), 2.0, 1.0);

  /** Of the subscription to events: backoff(100 ms, 10 s, 20 s, 2.0, 1.0). */
  public static final BackoffPolicy SUBSCRIPTION =
      new BackoffPolicy(
          Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofSeconds(20), 2.0, 1.0);

  /** Checks the numbers. */
  public BackoffPolicy {
    if (!init.isPositive() || max.compareTo(init) < 0 || reset.isNegative()) {
      throw new IllegalArgumentException(
          "back-off from "
              + init
              + " to "
              + max
              + ", reset "
              + reset
              + " (expected: 0 < init <= max, reset >= 0)");
    }
    if (!(factor >= 1) || !(jitter >= 0) || !Double.isFinite(factor) || !Double.isFinite(jitter)) {
      throw new IllegalArgumentException(
          "back-off factor "
              + factor
              + ", jitter "
              + jitter
              + " (expected: factor >= 1, jitter >= 0)");
    }
  }
}
