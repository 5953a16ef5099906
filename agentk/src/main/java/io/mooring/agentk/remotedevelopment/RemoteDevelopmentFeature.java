package io.mooring.agentk.remotedevelopment;

import io.grpc.Channel;
import io.mooring.agentk.configuration.Feature;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.watch.ListWatch;
import io.mooring.apply.watch.Target;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workspaces, as long as they are enabled and this agent leads. Used by one thread at a time. */
public final class RemoteDevelopmentFeature implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteDevelopmentFeature.class);
  private static final String MODULE = "remote_development";
  private static final String LABEL = "agent.gitlab.com/id=";

  /** A first list takes this long only when the API server is in trouble. */
  private static final Duration FIRST_LIST = Duration.ofMinutes(1);

  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final GitLabModule gitlab;
  private final Cluster cluster;
  private final Workers workers;
  private final Timing timing;
  private Optional<Running> running = Optional.empty();

  private record Running(DevelopmentSettings settings, Workers.Worker worker) {}

  /**
   * A feature that does nothing yet.
   *
   * @param channel waits for kas
   * @param workers own its threads
   */
  public RemoteDevelopmentFeature(
      Channel channel, Cluster cluster, Workers workers, Timing timing) {
    this.gitlab = new GitLabModule(channel, MODULE);
    this.cluster = cluster;
    this.workers = workers;
    this.timing = timing;
  }

  @Override
  public String name() {
    return MODULE;
  }

  @Override
  public Change prepare(AgentConfiguration configuration) {
    DevelopmentSettings settings = DevelopmentSettings.of(configuration);
    return () -> take(settings);
  }

  private void take(DevelopmentSettings settings) {
    if (running.filter(current -> current.settings().equals(settings)).isPresent()) {
      return;
    }
    stop();
    if (settings.enabled()) {
      running = Optional.of(new Running(settings, workers.start(MODULE, () -> run(settings))));
    }
  }

  @Override
  public void stop() {
    running.ifPresent(current -> current.worker().close());
    running = Optional.empty();
  }

  private void run(DevelopmentSettings settings) throws InterruptedException {
    LOG.atInfo().log("Workspaces are kept as GitLab wants them");
    while (true) {
      fullSync(settings);
    }
  }

  /** Forgets everything, looks anew, and reports until the next full sync is due. */
  private void fullSync(DevelopmentSettings settings) throws InterruptedException {
    KubernetesApi api = cluster.api();
    Deployments deployments = new Deployments();
    Crew crew = new Crew();
    try (WorkspaceApplier applier =
        new WorkspaceApplier(api, settings.agentId(), workers, timing)) {
      ListWatch watch = new ListWatch(api, target(settings), deployments, timing.random(), crew);
      long started = timing.nanos().getAsLong();
      ListWatch.State state = watch.await(FIRST_LIST);
      if (state != ListWatch.State.SYNCED) {
        LOG.atWarn()
            .addKeyValue("state", state)
            .log("The Deployments of workspaces cannot be listed, will try again");
        timing.pause().sleep(settings.partial());
        return;
      }
      Reconciler reconciler = new Reconciler(gitlab, api, deployments, applier);
      while (timing.since(started).compareTo(settings.full()) < 0) {
        var _ = reconciler.cycle();
        timing.pause().sleep(settings.partial());
      }
    } finally {
      crew.end(CLOSING);
    }
  }

  private static Target target(DevelopmentSettings settings) {
    return new Target(
        "/apis/apps/v1/deployments",
        "labelSelector=" + URLEncoder.encode(LABEL + settings.agentId(), StandardCharsets.UTF_8),
        false);
  }
}
