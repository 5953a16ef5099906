package io.mooring.kas.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts tokens that GitLab refused, by the machine that sent them, so that one that tries many
 * stops being asked about at GitLab. Tokens known to be good are not touched by it.
 */
public final class RefusalLimit {
  /** A fleet behind one address may well restart with a few hundred stale tokens at once. */
  public static final int MAX_REFUSALS = 300;

  /** How long refusals count after the first one. */
  public static final Duration WINDOW = Duration.ofMinutes(1);

  /** Addresses that are remembered; the least used ones are forgotten first. */
  private static final int MAX_ADDRESSES = 10_000;

  private final Cache<String, AtomicInteger> refusals;
  private final int max;

  /** Nothing counted yet; {@link #MAX_REFUSALS} are allowed. */
  public RefusalLimit(InstantSource clock) {
    this(clock, MAX_REFUSALS);
  }

  /** Nothing counted yet; so many are allowed. */
  public RefusalLimit(InstantSource clock, int max) {
    this.max = max;
    refusals =
        Caffeine.newBuilder()
            .maximumSize(MAX_ADDRESSES)
            .expireAfterWrite(WINDOW)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /** Whether a token that is not known yet may be asked about for this machine. */
  public boolean allows(String address) {
    AtomicInteger count = refusals.getIfPresent(address);
    return count == null || count.get() < max;
  }

  /** Counts one refused token. */
  public void refused(String address) {
    refusals.get(address, key -> new AtomicInteger()).incrementAndGet();
  }
}
