package io.mooring.agentk.flux;

import io.grpc.Channel;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.watch.ListWatch;
import io.mooring.apply.watch.Target;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** All that runs while Flux is installed. Of one thread. */
final class FluxRun implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final Crew crew = new Crew();
  private final RepositoryQueue repositories = new RepositoryQueue();
  private final List<ListWatch> watches;
  private final List<Workers.Worker> running;
  private final Webhooks webhooks;

  /**
   * What a run works with.
   *
   * @param channel waits for kas
   * @param tasks runs callbacks of HTTP clients
   */
  record Parts(Channel channel, Cluster cluster, Workers workers, Executor tasks, Timing timing) {}

  FluxRun(FluxSettings settings, GitUrl gitlab, Parts parts) {
    KubernetesApi api = parts.cluster().api();
    var receivers = new Receivers();
    webhooks = new Webhooks(settings.webhook(), receivers, parts.cluster(), parts.tasks(), crew);
    var keeper =
        new ReceiverKeeper(
            api,
            crew.cancellation(),
            gitlab,
            new FluxObjects(settings.agentId()),
            repositories,
            parts.timing());
    var pushes =
        new PushStream(
            parts.channel(), receivers, webhooks::pushed, parts.workers(), parts.timing());
    running =
        List.of(
            parts.workers().start("flux receivers", keeper::run),
            parts.workers().start("flux retries", keeper::retry),
            parts.workers().start("flux projects", pushes::run));
    watches =
        List.of(
            new ListWatch(
                api,
                new Target(FluxObjects.GIT_REPOSITORY.path(""), "", false),
                repositories,
                parts.timing().random(),
                crew),
            new ListWatch(
                api,
                new Target(FluxObjects.RECEIVER.path(""), "", false),
                receivers,
                parts.timing().random(),
                crew));
  }

  /** Whether everything that should be seen is; false when Flux was removed, or we may not look. */
  boolean isWatching() {
    return watches.stream()
        .map(ListWatch::state)
        .allMatch(state -> state == ListWatch.State.STARTING || state == ListWatch.State.SYNCED);
  }

  /** Looks at every GitRepository again. */
  void resync() {
    repositories.resync();
  }

  @Override
  public void close() {
    running.forEach(Workers.Worker::close);
    webhooks.close();
    try {
      crew.end(CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
