package io.mooring.apply.prune;

import java.time.Duration;
import java.util.Objects;

/**
 * How objects that no manifest names any more are deleted.
 *
 * @param enabled whether they are deleted at all
 * @param timeout how long an object may take to go before it is reported as stuck and before those
 *     it depends on are left for a later cycle; zero: nobody waits
 * @param maxPercent a prune of a larger share of the inventory than this (0-100) waits for a
 *     person; see {@link PruneGuard} for the exact rule
 * @param allowLarge the person has decided: no share is too large. An empty or missing source still
 *     prunes nothing.
 */
public record PruneOptions(
    boolean enabled,
    Propagation propagation,
    Duration timeout,
    int maxPercent,
    boolean allowLarge) {

  public PruneOptions {
    Objects.requireNonNull(propagation, "propagation");
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("prune timeout: " + timeout + " (expected: 0 or more)");
    }
    if (maxPercent < 0 || maxPercent > 100) {
      throw new IllegalArgumentException("max_prune_percent: " + maxPercent + " (expected: 0-100)");
    }
  }

  /** On, foreground, one hour, 30 %. */
  public static PruneOptions defaults() {
    return new PruneOptions(true, Propagation.FOREGROUND, Duration.ofHours(1), 30, false);
  }

  public PruneOptions withEnabled(boolean value) {
    return new PruneOptions(value, propagation, timeout, maxPercent, allowLarge);
  }

  public PruneOptions withPropagation(Propagation value) {
    return new PruneOptions(enabled, value, timeout, maxPercent, allowLarge);
  }

  public PruneOptions withTimeout(Duration value) {
    return new PruneOptions(enabled, propagation, value, maxPercent, allowLarge);
  }

  public PruneOptions withMaxPercent(int value) {
    return new PruneOptions(enabled, propagation, timeout, value, allowLarge);
  }

  public PruneOptions withAllowLarge(boolean value) {
    return new PruneOptions(enabled, propagation, timeout, maxPercent, value);
  }
}
