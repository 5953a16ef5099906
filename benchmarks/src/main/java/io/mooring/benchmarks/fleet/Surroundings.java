package io.mooring.benchmarks.fleet;

import io.mooring.benchmarks.loopback.Loops;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * What the agents of a fleet share.
 *
 * @param kas where they connect
 * @param loops threads of their sockets
 * @param timer runs what is due; short tasks alone
 * @param clock tells how long back-offs rested
 * @param random jitter
 * @param counters of the fleet
 */
record Surroundings(
    InetSocketAddress kas,
    Loops loops,
    ScheduledExecutorService timer,
    InstantSource clock,
    RandomGenerator random,
    Counters counters) {
  /** Pauses of a tunnel and of a stream that failed (tunnel.md 2.3). */
  private static final BackoffPolicy RETRIES =
      new BackoffPolicy(
          Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofSeconds(25), 1.6, 0.2);

  Backoff retries() {
    return new Backoff(RETRIES, clock, random);
  }
}
