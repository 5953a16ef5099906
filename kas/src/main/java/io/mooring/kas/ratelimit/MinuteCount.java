package io.mooring.kas.ratelimit;

/** RPCs of one token in one minute, while the store cannot count them. Guarded by itself. */
final class MinuteCount {
  private int minute = -1;
  private long count;

  /** Counts one more unless there are enough. */
  synchronized boolean tryIncrement(int now, long limit) {
    if (now != minute) {
      minute = now;
      count = 0;
    }
    if (count >= limit) {
      return false;
    }
    count++;
    return true;
  }
}
