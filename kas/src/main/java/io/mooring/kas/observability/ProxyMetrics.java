package io.mooring.kas.observability;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** The metrics of the proxy to the Kubernetes APIs. Labels are bounded by what kas itself knows. */
public final class ProxyMetrics {
  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Histogram durations;
  private final Gauge running;
  private final Gauge connections;
  private final Counter received;
  private final Counter sent;
  private final Counter malformed;
  private final Counter repeated;
  private final Counter droppedHeaders;

  ProxyMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    requests =
        Counter.builder()
            .withoutExemplars()
            .name("k8s_api_proxy_requests_total")
            .help(
                "Requests that ended, by HTTP status (0: the client went before there was one) and"
                    + " kind: request, watch or upgrade")
            .labelNames("code", "kind")
            .register(registry);
    durations =
        Histogram.builder()
            .name("k8s_api_proxy_request_duration_seconds")
            .help("From the head of a request to the last byte of its answer")
            .classicOnly()
            .classicUpperBounds(0.001, 0.004, 0.016, 0.064, 0.256, 1.024, 4.096, 16.384, 65.536)
            .withoutExemplars()
            .labelNames("kind")
            .register(registry);
    running =
        Gauge.builder()
            .withoutExemplars()
            .name("k8s_api_proxy_requests_in_flight")
            .help("Requests that run now, watches and upgraded connections included")
            .register(registry);
    connections =
        Gauge.builder()
            .withoutExemplars()
            .name("k8s_api_proxy_connections")
            .help("Connections of clients")
            .register(registry);
    received = bytes("received", "Bytes of clients' bodies and upgraded connections", registry);
    sent = bytes("sent", "Bytes of answers' bodies and to upgraded connections", registry);
    malformed =
        Counter.builder()
            .withoutExemplars()
            .name("k8s_api_proxy_malformed_requests_total")
            .help("What came and was no request, by HTTP status of the answer")
            .labelNames("code")
            .register(registry);
    repeated =
        Counter.builder()
            .withoutExemplars()
            .name("k8s_api_proxy_repeated_requests_total")
            .help("Requests sent a second time because the way to the agent broke")
            .register(registry);
    droppedHeaders =
        Counter.builder()
            .withoutExemplars()
            .name("k8s_api_proxy_dropped_response_headers_total")
            .help("Headers of clusters that are not passed on, by name; others than usual: other")
            .labelNames("header")
            .register(registry);
  }

  private static Counter bytes(String direction, String help, PrometheusRegistry registry) {
    return Counter.builder()
        .withoutExemplars()
        .name("k8s_api_proxy_" + direction + "_bytes_total")
        .help(help)
        .register(registry);
  }

  /** A request has begun. */
  public void began() {
    running.inc();
  }

  /** A request has ended; 0 as status when it had no answer. */
  public void ended(
      String kind, int status, Duration taken, long bytesIn, long bytesOut, int repetitions) {
    running.dec();
    requests.labelValues(Integer.toString(status), kind).inc();
    durations.labelValues(kind).observe(taken.toNanos() / 1e9);
    received.inc(bytesIn);
    sent.inc(bytesOut);
    repeated.inc(repetitions);
  }

  /** What came was no request. */
  public void malformed(int status) {
    malformed.labelValues(Integer.toString(status)).inc();
  }

  /** Connections of clients. */
  public Gauge connections() {
    return connections;
  }

  /** Headers of clusters that are not passed on, by {@code header}. */
  public Counter droppedHeaders() {
    return droppedHeaders;
  }

  /** Declares the age of the stall that lasts longest, asked at every scrape. */
  public void longestStall(DoubleSupplier seconds) {
    GaugeWithCallback.builder()
        .name("k8s_api_proxy_longest_stall_seconds")
        .help("For how long the client that stalls longest has taken nothing of its answer")
        .callback(callback -> callback.call(seconds.getAsDouble()))
        .register(registry);
  }
}
