package io.mooring.testkit.network;

import java.time.Duration;

/**
 * What happens to packets, in each direction.
 *
 * @param loss share of packets that are lost, 0 to 1
 * @param delay of each packet; a round trip takes two
 * @param doubled share that arrives twice, 0 to 1
 * @param late share that is overtaken by those behind, 0 to 1
 * @param bytesPerSecond that pass; 0 is without limit
 */
public record Faults(double loss, Duration delay, double doubled, double late, int bytesPerSecond) {
  /** A network as it should be. */
  public static final Faults NONE = new Faults(0, Duration.ZERO, 0, 0, 0);

  /** Nothing arrives, and nobody says so. */
  public static final Faults SILENCE = NONE.withLoss(1);

  /** The same with another share of lost packets. */
  public Faults withLoss(double share) {
    return new Faults(share, delay, doubled, late, bytesPerSecond);
  }

  /** The same with another delay. */
  public Faults withDelay(Duration time) {
    return new Faults(loss, time, doubled, late, bytesPerSecond);
  }

  /** The same where some packets come twice, and others late. */
  public Faults withDisorder(double twice, double overtaken) {
    return new Faults(loss, delay, twice, overtaken, bytesPerSecond);
  }

  /** The same with another rate. */
  public Faults withRate(int bytes) {
    return new Faults(loss, delay, doubled, late, bytes);
  }
}
