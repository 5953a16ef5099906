package io.mooring.gitaly;

import io.mooring.gitaly.smarthttp.Transfers;
import io.mooring.gitaly.storage.Repositories;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;

/** What the server tells of itself beside the counts of its calls. All names are here. */
final class ServerMetrics {
  private ServerMetrics() {}

  static void register(
      PrometheusRegistry registry,
      Repositories repositories,
      Transfers transfers,
      DoubleSupplier unauthenticated,
      DoubleSupplier pendingNotices) {
    JvmMetrics.builder().register(registry);
    gauge(registry, "gitaly_open_repositories", "Repositories held open", repositories::size);
    gauge(
        registry,
        "gitaly_transfers_running",
        "Fetches and pushes that run now",
        transfers::running);
    gauge(
        registry,
        "gitaly_pending_notices",
        "Pushes that GitLab has not heard of yet",
        pendingNotices);
    CounterWithCallback.builder()
        .name("gitaly_unauthenticated_calls")
        .help("Calls without a valid token, refused or, while transitioning, not")
        .callback(callback -> callback.call(unauthenticated.getAsDouble()))
        .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }
}
