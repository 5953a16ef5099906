package io.mooring.kas.ratelimit;

import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.rpc.Waits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/** A token bucket whose callers wait in the order in which they came. */
public final class TokenBucketLimit {
  /** Who would wait longer is refused: its answer would come too late for whoever asked. */
  public static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private static final double NANOS_PER_SECOND = 1e9;

  private final TokenBucket rules;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private double tokens;
  private Instant filledAt;

  /** A full bucket. */
  public TokenBucketLimit(TokenBucket rules, InstantSource clock) {
    this.rules = rules;
    this.clock = clock;
    this.tokens = rules.bucketSize();
    this.filledAt = clock.instant();
  }

  /**
   * Takes one token, waiting for it where needed.
   *
   * @throws StatusException {@code RESOURCE_EXHAUSTED} when the wait would be longer than {@link
   *     #MAX_WAIT}; {@code CANCELLED} or {@code DEADLINE_EXCEEDED} when the RPC of this thread
   *     ended
   */
  public void acquire() throws StatusException, InterruptedException {
    Duration wait = reserve();
    if (wait.isPositive()) {
      Waits.pause(wait);
    }
  }

  /** Takes a token and tells how long to wait until it counts. */
  Duration reserve() throws StatusException {
    lock.lock();
    try {
      Instant now = clock.instant();
      double elapsed = Math.max(0, Duration.between(filledAt, now).toNanos() / NANOS_PER_SECOND);
      double filled =
          Math.min((double) rules.bucketSize(), tokens + elapsed * rules.refillRatePerSecond());
      filledAt = now;
      double seconds = filled >= 1 ? 0 : (1 - filled) / rules.refillRatePerSecond();
      if (seconds > MAX_WAIT.toSeconds()) {
        tokens = filled;
        throw Status.RESOURCE_EXHAUSTED
            .withDescription("too many calls wait already, try again later")
            .asException();
      }
      tokens = filled - 1;
      return Duration.ofNanos((long) (seconds * NANOS_PER_SECOND));
    } finally {
      lock.unlock();
    }
  }
}
