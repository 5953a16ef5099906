package io.mooring.agentk.worker;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Time and chance, as every part of the agent gets them.
 *
 * @param clock wall clock, for what others read
 * @param nanos never goes back, for how long something took
 * @param pause waits
 * @param random spreads retries and makes ids; safe for any thread
 */
public record Timing(InstantSource clock, LongSupplier nanos, Pause pause, RandomGenerator random) {
  /** Waits for a time, or until the thread is interrupted. */
  @FunctionalInterface
  public interface Pause {
    /** Returns after the time. */
    void sleep(Duration time) throws InterruptedException;
  }

  /** Those of this machine. */
  public static Timing real() {
    return new Timing(InstantSource.system(), System::nanoTime, Timing::sleep, new SecureRandom());
  }

  /** How long it is since a reading of {@link #nanos}. */
  public Duration since(long start) {
    return Duration.ofNanos(nanos.getAsLong() - start);
  }

  private static void sleep(Duration time) throws InterruptedException {
    // Nobody gives a permit, so this waits.
    boolean permit = new Semaphore(0).tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS);
    assert !permit;
  }
}
