package io.mooring.kas.store;

/** Everything that is shared between replicas. Thread-safe. */
public interface Store extends AutoCloseable {
  /** Hashes with expiring fields. */
  ExpiringHashes hashes();

  /** Single values. */
  ExpiringValues values();

  /** Counters with a limit. */
  LimitedCounters counters();

  /** Messages between replicas. */
  EventChannel events();

  /** Returns when the store answers. */
  void ping() throws StoreException;

  /**
   * Calls the action, on a thread that must not be held up, whenever the store is there again after
   * a loss.
   */
  void onReconnect(Runnable action);

  /** Lets go of connections and threads. */
  @Override
  void close();
}
