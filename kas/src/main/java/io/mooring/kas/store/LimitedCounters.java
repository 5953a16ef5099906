package io.mooring.kas.store;

import java.time.Duration;

/** Counters that stop at a limit and vanish a while after the last step. */
@FunctionalInterface
public interface LimitedCounters {
  /**
   * Adds one unless the limit is reached, in one step for all replicas.
   *
   * @param ttl life of the counter after this step
   * @return whether one was added
   */
  boolean tryIncrement(Key key, long limit, Duration ttl) throws StoreException;
}
