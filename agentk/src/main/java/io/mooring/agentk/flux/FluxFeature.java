package io.mooring.agentk.flux;

import io.grpc.Channel;
import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.agentk.configuration.Feature;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.worker.RetryLoop;
import io.mooring.agentk.worker.RetryLoop.Outcome;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until Flux is installed, then works for it until it is gone. {@link #prepare} is for any
 * thread; changes and {@link #stop} are for the one thread that leads the feature.
 */
public final class FluxFeature implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(FluxFeature.class);

  /** How soon Flux is noticed after it was installed; costs one small request each time. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  private static final int LOOKS_PER_RESYNC = 10;

  private final FluxRun.Parts parts;
  private Optional<Running> running = Optional.empty();

  private record Running(FluxSettings settings, Workers.Worker worker) {}

  /**
   * A feature that does nothing yet.
   *
   * @param channel waits for kas
   * @param workers own its threads
   * @param tasks runs callbacks of HTTP clients
   */
  public FluxFeature(
      Channel channel, Cluster cluster, Workers workers, Executor tasks, Timing timing) {
    this.parts = new FluxRun.Parts(channel, cluster, workers, tasks, timing);
  }

  @Override
  public String name() {
    return "flux";
  }

  @Override
  public Change prepare(AgentConfiguration configuration) throws ConfigurationRejectedException {
    FluxSettings settings = FluxSettings.of(configuration);
    return () -> take(settings);
  }

  private void take(FluxSettings settings) {
    if (running.filter(current -> current.settings().equals(settings)).isPresent()) {
      return;
    }
    stop();
    if (settings.gitlab().isEmpty()) {
      LOG.atWarn()
          .log("kas does not tell GitLab's address (gitlab.external_url), Flux is left alone");
      return;
    }
    GitUrl gitlab = settings.gitlab().get();
    running =
        Optional.of(
            new Running(settings, parts.workers().start("flux", () -> run(settings, gitlab))));
  }

  @Override
  public void stop() {
    running.ifPresent(current -> current.worker().close());
    running = Optional.empty();
  }

  private void run(FluxSettings settings, GitUrl gitlab) throws InterruptedException {
    KubernetesApi api = parts.cluster().api();
    LOG.atDebug().log("Looking for Flux");
    new RetryLoop(BackoffPolicy.STANDARD, parts.timing())
        .run(LOOK, () -> isInstalled(api) ? work(settings, gitlab) : Outcome.DONE);
  }

  /** Discovery lists a version of a kind when it is served and its definition is established. */
  private static boolean isInstalled(KubernetesApi api) throws InterruptedException {
    try {
      return isServed(api, FluxObjects.GIT_REPOSITORY) && isServed(api, FluxObjects.RECEIVER);
    } catch (ApiException e) {
      LOG.atDebug().setCause(e).log("Cannot tell whether Flux is installed, will look again");
      return false;
    }
  }

  private static boolean isServed(KubernetesApi api, ResourceType type)
      throws ApiException, InterruptedException {
    return api.find("/apis/" + type.apiVersion())
        .filter(list ->
            list.objects("resources").stream()
                .anyMatch(resource -> resource.text("name").equals(type.plural())))
        .isPresent();
  }

  /** Works until Flux is gone, or we may not see its objects. */
  private Outcome work(FluxSettings settings, GitUrl gitlab) throws InterruptedException {
    LOG.atInfo().log("Flux is installed, it will be told of pushes");
    try (var run = new FluxRun(settings, gitlab, parts)) {
      for (int looks = 1; run.isWatching(); looks++) {
        parts.timing().pause().sleep(LOOK);
        if (looks % LOOKS_PER_RESYNC == 0) {
          run.resync();
        }
      }
    }
    LOG.atWarn().log("Flux cannot be watched any more, will look for it again");
    return Outcome.FAILURE;
  }
}
