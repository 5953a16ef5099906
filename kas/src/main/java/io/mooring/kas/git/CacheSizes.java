package io.mooring.kas.git;

/**
 * How much of Git is kept in memory so that it is not read again.
 *
 * @param trees bytes for listings
 * @param contents bytes for files
 */
public record CacheSizes(long trees, long contents) {
  /**
   * For a heap of the size: an eighth for listings and a quarter for contents, but no more than
   * holds a dozen projects at their limits; beyond that more is read again, nothing else.
   */
  public static CacheSizes forHeap(long maxHeap) {
    return new CacheSizes(Math.min(64L << 20, maxHeap / 8), Math.min(256L << 20, maxHeap / 4));
  }
}
