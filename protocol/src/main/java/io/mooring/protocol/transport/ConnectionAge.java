package io.mooring.protocol.transport;

import java.time.Duration;

/**
 * What a configured {@code max_connection_age} becomes (wire.md 2.5): connections are told to go
 * early, idle long polls end in between, and what still runs is cut late.
 *
 * @param age as configured
 */
public record ConnectionAge(Duration age) {
  /** Checks that it is positive. */
  public ConnectionAge {
    if (!age.isPositive()) {
      throw new IllegalArgumentException("max_connection_age " + age + " (expected: more than 0s)");
    }
  }

  /** When GOAWAY is sent; gRPC adds its own 10 % of jitter. */
  public Duration goAway() {
    return percent(20);
  }

  /** How long after GOAWAY running calls are cut. */
  public Duration grace() {
    return percent(65);
  }

  /**
   * When a long poll has to end.
   *
   * @param connectionAge of the connection when the call started
   * @param random from 0 to 1
   * @return time from now; zero when the connection is older than that already
   */
  public Duration poll(Duration connectionAge, double random) {
    Duration left = percent(30).minus(connectionAge);
    return left.isNegative()
        ? Duration.ZERO
        : Duration.ofNanos((long) ((double) left.toNanos() * (1 + 0.05 * random)));
  }

  private Duration percent(int part) {
    return age.multipliedBy(part).dividedBy(100);
  }
}
