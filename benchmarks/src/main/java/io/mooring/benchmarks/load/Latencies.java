package io.mooring.benchmarks.load;

import java.util.Arrays;

/** The newest latencies of many threads. Guarded by its lock. */
public final class Latencies {
  /** A minute of a thousand events a second. */
  private static final int KEPT = 60_000;

  private final long[] nanos = new long[KEPT];
  private int count;

  /** Takes one. */
  public synchronized void add(long value) {
    nanos[count % KEPT] = value;
    count++;
  }

  /** Forgets all. */
  public synchronized void clear() {
    count = 0;
  }

  /** How many came since they were forgotten. */
  public synchronized int count() {
    return count;
  }

  /** The value that this share of them does not exceed, in milliseconds, by the nearest rank. */
  public synchronized double percentileMillis(int percent) {
    if (count == 0) {
      throw new IllegalStateException("no latencies (expected: at least one)");
    }
    long[] sorted = Arrays.copyOf(nanos, Math.min(count, KEPT));
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
    return sorted[Math.max(rank, 1) - 1] / 1e6;
  }
}
