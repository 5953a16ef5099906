package io.mooring.apply;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.RequestCounts;
import io.mooring.apply.cluster.Retry;
import io.mooring.apply.cluster.ServerVersion;
import io.mooring.apply.cycle.Cycle;
import io.mooring.apply.cycle.CycleEnd;
import io.mooring.apply.cycle.Healer;
import io.mooring.apply.cycle.ObjectTable;
import io.mooring.apply.cycle.Settings;
import io.mooring.apply.cycle.WatchSet;
import io.mooring.apply.manifest.Position;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.report.EngineListener;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.watch.Owners;
import io.mooring.apply.watch.Warnings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the objects of one manifest project in a cluster as its newest batch says: applies, prunes,
 * heals drift and reports. Safe for any thread. The work is done by virtual threads of its own, of
 * which one runs the cycles.
 */
public final class Engine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  /** Requests under way are given this long when the engine is closed. */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final EngineOptions options;
  private final InstantSource clock;
  private final KubernetesApi api;
  private final Retry retry;
  private final Crew crew = new Crew();
  private final ObjectTable table;
  private final WatchSet watches;
  private final Healer healer;
  private final Warnings warnings;
  private final InventoryWatch inventoryWatch;
  private final Reporter reporter;
  private final Agenda agenda;
  // Of the engine's thread alone.
  private Optional<Cycle> cycle = Optional.empty();
  private Optional<SyncResult> lastResult = Optional.empty();

  private Engine(
      EngineOptions options,
      KubernetesApi api,
      EngineListener listener,
      InstantSource clock,
      RandomGenerator random) {
    this.options = options;
    this.clock = clock;
    this.api = api;
    this.retry = new Retry(random);
    this.table = new ObjectTable(clock, options.fieldManager(), options.reconcileTimeout());
    this.watches = new WatchSet(api, table, random, crew);
    this.healer = new Healer(table, clock, options.pace().inFlight(), crew);
    this.reporter = new Reporter(table, listener, crew);
    this.agenda = new Agenda(options.pace(), clock, random);
    this.warnings =
        new Warnings(
            api, new Owners(api, table::isWanted, clock), reporter::warning, clock, random, crew);
    this.inventoryWatch = new InventoryWatch(api, agenda, random, crew);
    table.onDrift(healer::drifted);
  }

  /**
   * Starts an engine that waits for its first batch.
   *
   * @param client stays the caller's: the engine never closes it
   * @param listener hears what happens; see {@link EngineListener} for the thread
   */
  public static Engine start(
      EngineOptions options,
      KubernetesClient client,
      EngineListener listener,
      InstantSource clock,
      RandomGenerator random) {
    return start(options, new KubernetesApi(client), listener, clock, random);
  }

  /** Like the other one, with access to the server that needs no whole client. */
  public static Engine start(
      EngineOptions options,
      KubernetesApi api,
      EngineListener listener,
      InstantSource clock,
      RandomGenerator random) {
    Engine engine = new Engine(options, api, listener, clock, random);
    engine.crew.start("apply " + options.agentId(), engine::run);
    return engine;
  }

  /**
   * Takes a batch. The newest replaces one that still waits and cancels the cycle that runs;
   * requests under way are completed.
   */
  public void submit(Batch batch) {
    agenda.submit(batch);
  }

  /** The states of all objects now; for a receiver that lost what it heard. */
  public List<ObjectState> states() {
    return table.states();
  }

  /** Requests sent to the API server so far. */
  public RequestCounts requests() {
    return api.counts();
  }

  /**
   * Ends all work and all threads; takes ten seconds at the very most. Nothing in the cluster is
   * touched.
   */
  @Override
  public void close() {
    agenda.stop();
    try {
      crew.end(CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!crew.cancellation().isCancelled()) {
        Agenda.Turn turn = agenda.next();
        switch (turn) {
          case Agenda.Turn.Stop() -> {
            return;
          }
          case Agenda.Turn.Look() -> lookAfterDepartures();
          case Agenda.Turn.Pass(
                  Agenda.Submitted submitted,
                  boolean first,
                  boolean resync,
                  Cancellation pass) ->
              pass(submitted, first, resync, pass);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookAfterDepartures() throws InterruptedException {
    if (cycle.isPresent() && cycle.get().lookAfterDepartures(crew.cancellation())) {
      agenda.wake();
    }
  }

  private void pass(
      Agenda.Submitted submitted, boolean first, boolean resync, Cancellation passCancellation)
      throws InterruptedException {
    Batch batch = submitted.batch();
    Instant startedAt = clock.instant();
    if (first) {
      reporter.started(batch.projectId(), batch.commitId());
    }
    if (resync) {
      watches.relist();
    }
    CycleEnd end;
    try {
      end = cycle().run(submitted.work(), passCancellation);
    } catch (ApiException e) {
      end = failed(submitted, startedAt, "cannot reach the API server: " + e.getMessage());
    } catch (RuntimeException e) {
      // A defect of ours on some input. The engine's thread is all that keeps the cluster in order:
      // it says so and tries
      // again later, instead of ending without a word.
      log.atError()
          .setCause(e)
          .addKeyValue("commit_id", batch.commitId())
          .log("Cycle failed unexpectedly");
      end = failed(submitted, startedAt, "internal error: " + e.getClass().getSimpleName());
    }
    if (passCancellation.isCancelled()) {
      return;
    }
    if (options.dryRun() == DryRun.NONE) {
      end.inventory().ifPresent(identity -> inventoryWatch.watch(identity, batch.commitId()));
      warnings.watch(table.namespaces());
    }
    report(end.result(), first);
    agenda.ended(end.result().outcome(), end.pending());
  }

  private Cycle cycle() throws ApiException, InterruptedException {
    if (cycle.isEmpty()) {
      ServerVersion version =
          ServerVersion.of(retry.send(crew.cancellation(), () -> api.get("/version")));
      Settings settings = new Settings(options, api, retry, version.validatesFields(), false);
      cycle = Optional.of(new Cycle(settings, table, watches, healer, clock));
    }
    return cycle.get();
  }

  private CycleEnd failed(Agenda.Submitted submitted, Instant startedAt, String why) {
    SyncResult result =
        new SyncResult(
            submitted.batch().projectId(),
            submitted.batch().commitId(),
            Outcome.FAILED,
            why,
            List.of(Problem.at(Position.NONE, why)),
            submitted.receivedAt(),
            startedAt,
            clock.instant(),
            0,
            0,
            0,
            0);
    return new CycleEnd(result, Optional.empty(), false);
  }

  /** Later passes over a batch are told only when they end differently. */
  private void report(SyncResult result, boolean first) {
    boolean news =
        first
            || lastResult.isEmpty()
            || lastResult.get().outcome() != result.outcome()
            || !lastResult.get().problems().equals(result.problems())
            || result.applied() + result.pruned() > 0;
    lastResult = Optional.of(result);
    if (news) {
      reporter.finished(result);
    }
  }
}
