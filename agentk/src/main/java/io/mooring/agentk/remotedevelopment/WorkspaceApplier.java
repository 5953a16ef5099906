package io.mooring.agentk.remotedevelopment;

import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.apply.SingleApply;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.prune.PruneOptions;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the objects of workspaces beside the reports: one apply of a workspace at a time, and of
 * several that wait only the latest. Safe for any thread.
 */
final class WorkspaceApplier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkspaceApplier.class);

  private final KubernetesApi api;
  private final long agentId;
  private final Workers workers;
  private final Timing timing;
  private final Map<String, Job> waiting = new HashMap<>();
  private final Map<String, Workers.Worker> running = new HashMap<>();
  private boolean closed;

  private record Job(Workspace workspace, String yaml) {}

  WorkspaceApplier(KubernetesApi api, long agentId, Workers workers, Timing timing) {
    this.api = api;
    this.agentId = agentId;
    this.workers = workers;
    this.timing = timing;
  }

  /** Takes what a workspace should be; its error is set when that cannot be. */
  synchronized void submit(Workspace workspace, String yaml) {
    if (closed) {
      return;
    }
    String name = workspace.name();
    waiting.put(name, new Job(workspace, yaml));
    if (!running.containsKey(name)) {
      running.put(name, workers.start("workspace " + name, () -> work(name)));
    }
  }

  private void work(String name) throws InterruptedException {
    while (true) {
      Job job;
      synchronized (this) {
        job = waiting.remove(name);
        if (job == null) {
          running.remove(name);
          return;
        }
      }
      apply(job);
    }
  }

  private void apply(Job job) throws InterruptedException {
    List<String> problems = new ArrayList<>();
    try {
      WorkspaceConfig config = WorkspaceConfig.parse(job.workspace().name(), job.yaml());
      for (List<Manifest> objects : config.byInventory().values()) {
        SyncResult result = applier(job.workspace()).apply(job.workspace().name(), objects);
        if (result.outcome() != Outcome.SUCCEEDED) {
          problems.add(text(result));
        }
      }
    } catch (WorkspaceConfig.UnusableException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (!problems.isEmpty()) {
      String error = String.join("; ", problems);
      LOG.atWarn()
          .addKeyValue("namespace", job.workspace().namespace())
          .addKeyValue("name", job.workspace().name())
          .addKeyValue("error", error)
          .log("Workspace cannot be made as GitLab wants it");
      job.workspace().failed(error);
    }
  }

  private static String text(SyncResult result) {
    String problems =
        result.problems().stream().map(Problem::toString).collect(Collectors.joining("; "));
    return problems.isEmpty() ? result.message() : result.message() + ": " + problems;
  }

  private SingleApply applier(Workspace workspace) {
    EngineOptions defaults = EngineOptions.defaults(agentId);
    PruneOptions prune = defaults.prune().withAllowLarge(true).withTimeout(Duration.ZERO);
    return new SingleApply(
        defaults
            .withDefaultNamespace(workspace.namespace())
            .withReconcileTimeout(Duration.ZERO)
            .withPrune(prune),
        api,
        timing.clock(),
        timing.random());
  }

  @Override
  public void close() {
    List<Workers.Worker> ending;
    synchronized (this) {
      closed = true;
      waiting.clear();
      ending = List.copyOf(running.values());
    }
    ending.forEach(Workers.Worker::close);
  }
}
