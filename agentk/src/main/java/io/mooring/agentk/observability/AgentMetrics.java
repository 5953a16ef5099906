package io.mooring.agentk.observability;

import io.mooring.agentk.gitops.SyncListener;
import io.mooring.agentk.kubernetesapi.RequestOutcome;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import io.mooring.protocol.build.BuildInfo;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;

/** Metrics of agentk. Labels have a fixed set of values; projects are not among them. */
public final class AgentMetrics implements SyncListener {
  private final Gauge leader;
  private final Counter syncs;
  private final Histogram duration;
  private final Counter objects;
  private final Counter warnings;
  private final Gauge tunnels;
  private final Counter requests;

  /** Registers all of them, and those of the process. */
  public AgentMetrics(PrometheusRegistry registry) {
    ProcessMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    Gauge.builder()
        .withoutExemplars()
        .name("gitlab_build_info")
        .help("1 for the build that runs")
        .labelNames("version", "built")
        .register(registry)
        .labelValues(BuildInfo.current().version(), BuildInfo.current().built())
        .set(1);
    leader =
        Gauge.builder()
            .withoutExemplars()
            .name("agentk_leader")
            .help("1 while this Pod leads")
            .register(registry);
    syncs =
        Counter.builder()
            .withoutExemplars()
            .name("agentk_gitops_syncs")
            .help("Cycles over a batch of manifests that ended")
            .labelNames("outcome")
            .register(registry);
    duration =
        Histogram.builder()
            .withoutExemplars()
            .name("agentk_gitops_sync_duration_seconds")
            .help("Time from the start of a cycle to its end")
            .classicOnly()
            .register(registry);
    objects =
        Counter.builder()
            .withoutExemplars()
            .name("agentk_gitops_objects")
            .help("Objects by what a cycle did with them")
            .labelNames("action")
            .register(registry);
    warnings =
        Counter.builder()
            .withoutExemplars()
            .name("agentk_gitops_warning_events")
            .help("Warnings of the cluster about managed objects")
            .register(registry);
    tunnels =
        Gauge.builder()
            .withoutExemplars()
            .name("agentk_tunnels")
            .help("Tunnels to kas: idle ones wait for a request, active ones carry one")
            .labelNames("state")
            .register(registry);
    requests =
        Counter.builder()
            .withoutExemplars()
            .name("agentk_kubernetes_api_requests")
            .help("Requests through the tunnel to the API server that ended")
            .labelNames("outcome")
            .register(registry);
    for (RequestOutcome outcome : RequestOutcome.values()) {
      requests.initLabelValues(outcome.name().toLowerCase(Locale.ROOT));
    }
    tunnels(0, 0);
    for (Outcome outcome : Outcome.values()) {
      syncs.initLabelValues(outcome.name().toLowerCase(Locale.ROOT));
    }
    leads(false);
  }

  /** Whether this Pod leads. */
  public void leads(boolean now) {
    leader.set(now ? 1 : 0);
  }

  /** How many tunnels wait and carry requests. */
  public void tunnels(int idle, int active) {
    tunnels.labelValues("idle").set(idle);
    tunnels.labelValues("active").set(active);
  }

  /** A request of kas to the API server is over. */
  public void requestEnded(RequestOutcome outcome) {
    requests.labelValues(outcome.name().toLowerCase(Locale.ROOT)).inc();
  }

  @Override
  public void syncFinished(String project, SyncResult result) {
    syncs.labelValues(result.outcome().name().toLowerCase(Locale.ROOT)).inc();
    duration.observe(
        (double) Duration.between(result.startedAt(), result.finishedAt()).toMillis() / 1000);
    objects.labelValues("applied").inc(result.applied());
    objects.labelValues("unchanged").inc(result.unchanged());
    objects.labelValues("pruned").inc(result.pruned());
    objects.labelValues("failed").inc(result.failed());
  }

  @Override
  public void warningEvent(String project, WarningEvent event) {
    warnings.inc();
  }
}
