package io.mooring.agentk;

import io.mooring.agentk.worker.Timing;
import io.mooring.testkit.time.FakeClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Timing for tests. */
public final class Times {
  /** Longest wait of a test for something that happens in milliseconds. */
  public static final Duration SOON = Duration.ofSeconds(20);

  private Times() {}

  /** Time of a fake clock; ids are random all the same. */
  public static Timing of(FakeClock clock) {
    RandomGenerator noJitter =
        new RandomGenerator() {
          private final SecureRandom ids = new SecureRandom();

          @Override
          public long nextLong() {
            return ids.nextLong();
          }

          @Override
          public double nextDouble() {
            return 0;
          }
        };
    return new Timing(clock, clock::nanoTime, clock::sleep, noJitter);
  }
}
