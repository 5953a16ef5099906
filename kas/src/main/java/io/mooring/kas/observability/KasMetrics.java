package io.mooring.kas.observability;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.GrpcMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Every metric of kas; names and labels are those of redis-observability.md 5, where that has them.
 */
public final class KasMetrics {
  /** A scrape does not wait longer for the store. */
  static final Duration STORE_LIMIT = Duration.ofSeconds(1);

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ServerInterceptor server = GrpcMetrics.server(registry);
  private final ClientInterceptor client = GrpcMetrics.client(registry);
  private final Counter rateExceeded =
      Counter.builder()
          .name("agent_server_rate_exceeded_total")
          .help("RPCs refused because their agent started too many in a minute")
          .register(registry);
  private final Counter jwtRejections =
      Counter.builder()
          .name("kas_jwt_rejections_total")
          .help("Calls refused for their token, by class of reason")
          .labelNames("server", "reason")
          .register(registry);
  private final Counter auditDropped =
      Counter.builder()
          .name("kas_audit_dropped_total")
          .help("Audit records lost on the way to the log or to GitLab because they were too many")
          .labelNames("stage")
          .register(registry);

  private final Histogram routingDurations =
      Histogram.builder()
          .name("k8s_api_proxy_routing_duration_seconds")
          .help("How long it took to find a tunnel of an agent, or until the caller gave up")
          .classicOnly()
          .classicUpperBounds(0.001, 0.004, 0.016, 0.064, 0.256, 1.024, 4.096, 16.384)
          .withoutExemplars()
          .labelNames("status")
          .register(registry);
  private final Counter routingTimeouts =
      Counter.builder()
          .name("k8s_api_proxy_routing_timeout_total")
          .help("Searches for a tunnel of an agent that found none in time")
          .register(registry);

  private final Counter fluxNotifications =
      Counter.builder()
          .name("flux_git_push_notifications_total")
          .help("Pushes that agents were told of for Flux")
          .register(registry);
  private final Counter fluxDropped =
      Counter.builder()
          .name("flux_dropped_git_push_notifications_total")
          .help("Pushes that agents were not told of, because too many were on their way")
          .register(registry);

  private final ProxyMetrics proxy = new ProxyMetrics(registry);

  /** Declares all but those that ask the store. */
  public KasMetrics() {
    Gauge.builder()
        .name("gitlab_build_info")
        .help("The build that is running")
        .labelNames("version", "built")
        .register(registry)
        .labelValues(BuildInfo.current().version(), BuildInfo.current().built())
        .set(1);
    ProcessMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
  }

  /**
   * Declares {@code connected_agents_count}, asked of the store at every scrape.
   *
   * @param count may take as long as it likes; it is given up after a second
   */
  public void connectedAgents(Callable<Long> count, ExecutorService executor) {
    GaugeWithCallback.builder()
        .name("connected_agents_count")
        .help("Agents connected to any replica; NaN when the store does not answer")
        .callback(callback -> callback.call(ask(count, executor)))
        .register(registry);
  }

  /** All metrics. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** Counts the RPCs of all servers. */
  public ServerInterceptor server() {
    return server;
  }

  /** Counts the RPCs of all channels. */
  public ClientInterceptor client() {
    return client;
  }

  /** RPCs refused because their agent started too many. */
  public Counter rateExceeded() {
    return rateExceeded;
  }

  /** Searches for a tunnel by {@code status}: success or aborted. */
  public Histogram routingDurations() {
    return routingDurations;
  }

  /** Searches for a tunnel that found none in time. */
  public Counter routingTimeouts() {
    return routingTimeouts;
  }

  /** Audit records that were lost, by {@code stage}: log or gitlab. */
  public Counter auditDropped() {
    return auditDropped;
  }

  /** The proxy to the Kubernetes APIs. */
  public ProxyMetrics proxy() {
    return proxy;
  }

  /** Calls refused for their JWT, by {@code server} and {@code reason}. */
  public Counter jwtRejections() {
    return jwtRejections;
  }

  /** Pushes that agents were told of for Flux. */
  public Counter fluxNotifications() {
    return fluxNotifications;
  }

  /** Pushes that agents were not told of, because too many were on their way. */
  public Counter fluxDropped() {
    return fluxDropped;
  }

  private static double ask(Callable<Long> count, ExecutorService executor) {
    Future<Long> answer = executor.submit(count);
    try {
      return answer.get(STORE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      answer.cancel(true);
      return Double.NaN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Double.NaN;
    }
  }
}
