package io.mooring.benchmarks.fleet;

import io.mooring.benchmarks.loopback.Loops;
import io.mooring.protocol.secret.Secret;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Many agents. They start at a steady rate, not all at once, and come back by themselves. Started
 * and closed by one thread; the rest for any.
 */
public final class Fleet implements AutoCloseable {
  /** Starts are paced in steps of this length. */
  private static final Duration STEP = Duration.ofMillis(20);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final Counters counters = new Counters();
  private final ScheduledThreadPoolExecutor timer;

  /**
   * What a fleet is made of.
   *
   * @param kas where it connects; loopback
   * @param tokens one for each agent
   * @param startsPerSecond how many agents connect each second
   */
  public record Plan(InetSocketAddress kas, List<Secret> tokens, int startsPerSecond) {
    /** Checks both. */
    public Plan {
      tokens = List.copyOf(tokens);
      if (kas.isUnresolved() || !kas.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(
            kas + " is not on this machine (expected: an address of loopback, such as 127.0.0.1)");
      }
      if (startsPerSecond <= 0) {
        throw new IllegalArgumentException(
            startsPerSecond + " starts a second (expected: at least 1)");
      }
    }
  }

  private Fleet(Plan plan, Loops loops, InstantSource clock, RandomGenerator random) {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("fleet-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    var around = new Surroundings(plan.kas(), loops, timer, clock, random, counters);
    for (int i = 0; i < plan.tokens().size(); i++) {
      agents.add(new SimulatedAgent(around, i + 1L, plan.tokens().get(i)));
    }
    for (int i = 0; i < agents.size(); i++) {
      long step = (long) i * 1000 / plan.startsPerSecond() / STEP.toMillis();
      var _ = timer.schedule(agents.get(i)::start, step * STEP.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Begins to start the agents and returns at once.
   *
   * @param random asked by several threads
   */
  public static Fleet start(Plan plan, Loops loops, InstantSource clock, RandomGenerator random) {
    return new Fleet(plan, loops, clock, random);
  }

  /** How many agents it has. */
  public int size() {
    return agents.size();
  }

  /** The state of now. */
  public Census census() {
    return counters.census();
  }

  /** Waits until the fleet is as wanted; false when it is not within the bound. */
  public boolean await(Predicate<Census> wanted, Duration bound) throws InterruptedException {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!wanted.test(census())) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }

  /** Waits until all agents are there with their tunnels and configurations. */
  public boolean awaitAll(Duration bound) throws InterruptedException {
    return await(
        census ->
            census.present() == size()
                && census.configured() == size()
                && census.idleTunnels() >= 2L * size(),
        bound);
  }

  /**
   * When agents were acknowledged by kas the last time, in seconds after a moment; those that are
   * lost now, or were not lost since, are left out.
   *
   * @param nanos a reading of {@code System.nanoTime()}
   */
  public List<Double> presentAfter(long nanos) {
    return agents.stream()
        .mapToLong(SimulatedAgent::presentSince)
        .filter(since -> since != 0 && since > nanos)
        .mapToObj(since -> (since - nanos) / 1e9)
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    // Closed agents plan nothing any more, so the timer may end.
    agents.forEach(SimulatedAgent::close);
    timer.shutdownNow();
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    try {
      for (SimulatedAgent agent : agents) {
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
        if (!agent.awaitEnd(left)) {
          throw new IllegalStateException(
              "agents still connected " + STOP_LIMIT.toSeconds() + " s after they were closed");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
