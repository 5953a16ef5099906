package io.mooring.kas.config;

/**
 * A rate limit.
 *
 * @param refillRatePerSecond calls a second in the long run
 * @param bucketSize calls at once after a pause
 */
public record TokenBucket(double refillRatePerSecond, long bucketSize) {
  static TokenBucket read(Section section, double rate, long size) {
    return new TokenBucket(
        section.decimal("refill_rate_per_second", rate, "Calls a second in the long run."),
        section.number("bucket_size", size, "Calls at once after a pause."));
  }
}
