package io.mooring.apply;

import io.mooring.apply.options.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Pauses between failed cycles: doubling, up to a longest one, each stretched by chance up to
 * twofold.
 */
final class RetryPace {
  private final Pace pace;
  private final RandomGenerator random;
  private Duration next;
  private Instant last = Instant.MIN;

  RetryPace(Pace pace, RandomGenerator random) {
    this.pace = pace;
    this.random = random;
    this.next = pace.retryInitial();
  }

  /** The pause after a cycle that failed now. */
  Duration pause(Instant now) {
    if (last.isBefore(now.minus(pace.retryReset()))) {
      next = pace.retryInitial();
    }
    last = now;
    Duration base = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(pace.retryMaximum()) < 0 ? doubled : pace.retryMaximum();
    return base.plusMillis((long) (base.toMillis() * random.nextDouble()));
  }
}
