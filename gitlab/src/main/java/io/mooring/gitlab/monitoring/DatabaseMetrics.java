package io.mooring.gitlab.monitoring;

import com.zaxxer.hikari.HikariDataSource;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** How busy the connections to the database are. */
@Component
class DatabaseMetrics {
  DatabaseMetrics(HikariDataSource pool, PrometheusRegistry registry) {
    var _ =
        GaugeWithCallback.builder()
            .name("gitlab_database_connections")
            .help("Connections to the database, and requests that wait for one")
            .labelNames("state")
            .callback(callback ->
                Optional.ofNullable(pool.getHikariPoolMXBean())
                    .ifPresent(bean -> {
                      callback.call(bean.getActiveConnections(), "active");
                      callback.call(bean.getIdleConnections(), "idle");
                      callback.call(bean.getThreadsAwaitingConnection(), "waiting");
                    }))
            .register(registry);
  }
}
