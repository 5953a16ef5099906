package io.mooring.apply;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.report.EngineListener;
import io.mooring.apply.report.ObjectState;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Keeps the objects of one manifest project in a cluster as its newest batch says: applies, prunes,
 * heals drift and reports. Safe for any thread.
 */
public final class Engine implements AutoCloseable {

  private final java.util.concurrent.atomic.AtomicLong submitted =
      new java.util.concurrent.atomic.AtomicLong();

  private Engine() {}

  /**
   * Starts an engine that waits for its first batch.
   *
   * @param client stays the caller's: the engine never closes it
   */
  public static Engine start(
      EngineOptions options,
      KubernetesClient client,
      EngineListener listener,
      InstantSource clock,
      RandomGenerator random) {
    return new Engine();
  }

  /** Takes a batch. The newest replaces one that still waits and cancels the cycle that runs. */
  public void submit(Batch batch) {
    submitted.incrementAndGet();
  }

  /** The states of all objects now; for a receiver that lost what it heard. */
  public List<ObjectState> states() {
    return List.of();
  }

  /** Ends all work and all threads within some seconds. Nothing in the cluster is touched. */
  @Override
  public void close() {}
}
