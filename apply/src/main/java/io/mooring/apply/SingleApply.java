package io.mooring.apply;

import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.Retry;
import io.mooring.apply.cycle.Cycle;
import io.mooring.apply.cycle.Healer;
import io.mooring.apply.cycle.ObjectTable;
import io.mooring.apply.cycle.Settings;
import io.mooring.apply.cycle.WatchSet;
import io.mooring.apply.cycle.Work;
import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.manifest.Reading;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.report.SyncResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Applies a set of objects once and prunes what its inventory had before: no watches, no healing,
 * no second try. All or nothing as far as can be told beforehand: when one object is invalid, none
 * is applied. Safe for any thread.
 *
 * @param options as for an engine; those about time between cycles mean nothing here
 * @param api the server
 */
public record SingleApply(
    EngineOptions options, KubernetesApi api, InstantSource clock, RandomGenerator random) {
  /** Requests under way are given this long at the end. */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  /**
   * Applies; returns when all is sent and answered.
   *
   * @param name of what is applied, as it stands in the result
   * @param manifests the objects, with one inventory among them
   */
  public SyncResult apply(String name, List<Manifest> manifests) throws InterruptedException {
    Crew crew = new Crew();
    try {
      ObjectTable table =
          new ObjectTable(clock, options.fieldManager(), options.reconcileTimeout());
      Cycle cycle =
          new Cycle(
              new Settings(options, api, new Retry(random), false, true),
              table,
              WatchSet.none(api, table, random, crew),
              new Healer(table, clock, options.pace().inFlight(), crew),
              clock);
      Reading reading = new Reading(manifests, List.of(), List.of());
      return cycle.run(new Work(0, name, reading, clock.instant()), new Cancellation()).result();
    } finally {
      crew.end(CLOSING);
    }
  }
}
