package io.mooring.apply.options;

import java.time.Duration;

/**
 * How often and how hard the engine works. Defaults are those of the original agent where it has
 * any.
 *
 * @param resync a finished batch is checked against the cluster again after this time
 * @param retryInitial first pause after a failed cycle
 * @param retryMaximum longest pause after a failed cycle
 * @param retryReset a cycle that succeeded for this long makes the next pause the first one again
 * @param inFlight requests to the API server at a time
 * @param established how long a new CustomResourceDefinition may take to be served
 */
public record Pace(
    Duration resync,
    Duration retryInitial,
    Duration retryMaximum,
    Duration retryReset,
    int inFlight,
    Duration established) {

  public Pace {
    if (inFlight < 1) {
      throw new IllegalArgumentException(
          "requests in flight: " + inFlight + " (expected: 1 or more)");
    }
    if (!resync.isPositive()
        || !retryInitial.isPositive()
        || retryMaximum.compareTo(retryInitial) < 0) {
      throw new IllegalArgumentException(
          "resync and retry pauses must be positive, the first no longer than the last");
    }
  }

  /** Resync 5 min; retry 10 s doubling to 1 min, reset after 2 min; 8 in flight; CRDs 1 min. */
  public static Pace defaults() {
    return new Pace(
        Duration.ofMinutes(5),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        8,
        Duration.ofMinutes(1));
  }

  public Pace withResync(Duration value) {
    return new Pace(value, retryInitial, retryMaximum, retryReset, inFlight, established);
  }

  public Pace withRetry(Duration initial, Duration maximum) {
    return new Pace(resync, initial, maximum, retryReset, inFlight, established);
  }

  public Pace withInFlight(int value) {
    return new Pace(resync, retryInitial, retryMaximum, retryReset, value, established);
  }
}
