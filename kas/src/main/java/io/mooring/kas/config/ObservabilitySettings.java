package io.mooring.kas.config;

import io.mooring.protocol.observability.LogLevel;
import java.time.Duration;

/**
 * What operators look at.
 *
 * @param usageReportingPeriod time between two reports of usage to GitLab; zero sends none
 * @param listener where metrics and probes are served
 * @param prometheusPath path of the metrics
 * @param livenessPath path of the liveness probe
 * @param readinessPath path of the readiness probe
 * @param logLevel of kas itself
 * @param grpcLogLevel of the gRPC library
 */
public record ObservabilitySettings(
    Duration usageReportingPeriod,
    Listener listener,
    String prometheusPath,
    String livenessPath,
    String readinessPath,
    LogLevel logLevel,
    LogLevel grpcLogLevel) {

  static ObservabilitySettings read(Section section) {
    Section logging = section.section("logging");
    ObservabilitySettings settings =
        new ObservabilitySettings(
            section.duration(
                "usage_reporting_period",
                Duration.ofMinutes(1),
                "How often usage figures are sent to GitLab. `0s` sends none."),
            Listener.read(
                section.section("listen"), "127.0.0.1:8151", "metrics and probes are served"),
            section
                .section("prometheus")
                .text("url_path", "/metrics", "Path of the metrics in Prometheus' format."),
            section
                .section("liveness_probe")
                .text("url_path", "/liveness", "Path that answers 200 while kas runs."),
            section
                .section("readiness_probe")
                .text("url_path", "/readiness", "Path that answers 200 while kas can do its work."),
            logging.level("level", LogLevel.INFO, "Least serious lines that kas writes."),
            logging.level(
                "grpc_level", LogLevel.ERROR, "Least serious lines of the gRPC library."));
    section.unused("tracing", "this build exports no traces.");
    section.unused("sentry", "this build reports errors in its log alone.");
    section.unused("google_profiler", "it has no equivalent here.");
    return settings;
  }
}
