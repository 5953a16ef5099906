package io.mooring.kas.git;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A token bucket that tells how long to wait (gitlab-api.md 6.1). It starts full. Thread-safe;
 * never waits itself.
 */
final class RateLimit {
  private static final double NANOS = 1e9;

  private final ReentrantLock lock = new ReentrantLock();
  private final double perSecond;
  private final double size;
  private final InstantSource clock;
  private double tokens;
  private Instant counted;

  RateLimit(double perSecond, long size, InstantSource clock) {
    this.perSecond = perSecond;
    this.size = size;
    this.clock = clock;
    this.tokens = size;
    this.counted = clock.instant();
  }

  /**
   * Takes a token, on credit if there is none.
   *
   * @param patience no token is taken when the wait would be longer
   * @return how long to wait before the token may be used; more than the patience when it was not
   *     taken
   */
  Duration take(Duration patience) {
    lock.lock();
    try {
      Instant now = clock.instant();
      // A clock that was set back gives nothing, and takes nothing.
      double passed = Math.max(0, Duration.between(counted, now).toNanos() / NANOS);
      tokens = Math.min(size, tokens + passed * perSecond);
      counted = now;
      Duration wait = waitFor(1 - tokens);
      if (size >= 1 && wait.compareTo(patience) <= 0) {
        tokens -= 1;
        return wait;
      }
      return wait.compareTo(patience) > 0 ? wait : patience.plusNanos(1);
    } finally {
      lock.unlock();
    }
  }

  /** Gives back a token that was not used. */
  void giveBack() {
    lock.lock();
    try {
      tokens = Math.min(size, tokens + 1);
    } finally {
      lock.unlock();
    }
  }

  private Duration waitFor(double missing) {
    if (missing <= 0) {
      return Duration.ZERO;
    }
    // Capped at a value that fits a Duration: a rate of zero never refills.
    return Duration.ofNanos((long) Math.min(missing / perSecond * NANOS, Long.MAX_VALUE / 2.0));
  }
}
