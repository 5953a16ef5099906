package io.mooring.gitlab.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.Set;

/**
 * Counts requests under GitLab's names. Labels are bounded: addresses are no part of them.
 * Thread-safe.
 */
public final class RequestMetrics {
  private static final Set<String> METHODS =
      Set.of("get", "head", "post", "put", "patch", "delete", "options");

  private final Counter requests;
  private final Histogram durations;

  /** Metrics of one application. */
  public RequestMetrics(PrometheusRegistry registry) {
    requests =
        Counter.builder()
            .name("http_requests")
            .help("Requests answered")
            .labelNames("method", "status")
            .withoutExemplars()
            .register(registry);
    durations =
        Histogram.builder()
            .name("http_request_duration_seconds")
            .help("Time from the first byte of a request to the end of its answer")
            .labelNames("method")
            .classicUpperBounds(0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 60)
            .classicOnly()
            .withoutExemplars()
            .register(registry);
  }

  void answered(String method, int status, double seconds) {
    String lower = method.toLowerCase(Locale.ROOT);
    String label = METHODS.contains(lower) ? lower : "other";
    requests.labelValues(label, Integer.toString(status)).inc();
    durations.labelValues(label).observe(seconds);
  }
}
