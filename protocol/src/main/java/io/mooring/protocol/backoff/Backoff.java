package io.mooring.protocol.backoff;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One running sequence of a {@link BackoffPolicy}. Owned by one thread. */
public final class Backoff {
  private final BackoffPolicy policy;
  private final InstantSource clock;
  private final RandomGenerator random;
  private double nextMillis;
  private @Nullable Instant last;

  /** A sequence at its start. */
  public Backoff(BackoffPolicy policy, InstantSource clock, RandomGenerator random) {
    this.policy = policy;
    this.clock = clock;
    this.random = random;
    this.nextMillis = policy.init().toMillis();
  }

  /** How long to wait now; the following call gives the next, longer step. */
  public Duration next() {
    Instant now = clock.instant();
    if (last != null && Duration.between(last, now).compareTo(policy.reset()) > 0) {
      reset();
    }
    last = now;
    double millis = nextMillis;
    nextMillis = Math.min(millis * policy.factor(), (double) policy.max().toMillis());
    return Duration.ofMillis((long) (millis * (1 + random.nextDouble() * policy.jitter())));
  }

  /** Starts again from the first step. */
  public void reset() {
    nextMillis = policy.init().toMillis();
    last = null;
  }
}
