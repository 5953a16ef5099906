package io.mooring.apply.cycle;

import java.time.Duration;
import java.time.Instant;

/**
 * How fast one object is set right again. The first two times at once; when it keeps being changed,
 * somebody else wants it otherwise, and each further time comes later: an engine must not fight a
 * controller at full speed.
 *
 * @param streak how often it was set right without a quiet time in between
 * @param last when it was
 */
record HealPace(int streak, Instant last) {
  private static final int PATIENCE = 2;
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration QUIET = Duration.ofMinutes(10);

  static HealPace untouched() {
    return new HealPace(0, Instant.EPOCH);
  }

  /** The pace after one more change, which will be healed at {@link #last} of it. */
  HealPace next(Instant now) {
    if (last.plus(QUIET).isBefore(now)) {
      return new HealPace(1, now);
    }
    return new HealPace(streak + 1, now.plus(delay()));
  }

  private Duration delay() {
    if (streak < PATIENCE) {
      return Duration.ZERO;
    }
    Duration delay = FIRST.multipliedBy(1L << Math.min(streak - PATIENCE, 10));
    return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
  }

  /** Whether it was changed so often that a person should know. */
  boolean isHot() {
    return streak > PATIENCE;
  }
}
