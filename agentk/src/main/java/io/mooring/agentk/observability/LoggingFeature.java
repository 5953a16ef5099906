package io.mooring.agentk.observability;

import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.agentk.configuration.Feature;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.observability.LogLevel;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.LoggingCF;
import io.mooring.wire.agentcfg.log_level_enum;
import java.util.List;

/** Sets the log levels that the configuration names: {@code info}, and {@code error} for gRPC. */
public final class LoggingFeature implements Feature {
  /** Our own code that runs inside this program; in one process with others, theirs stays alone. */
  public static final List<String> LOGGERS = List.of("io.mooring.agentk", "io.mooring.apply");

  @Override
  public String name() {
    return "observability";
  }

  @Override
  public Change prepare(AgentConfiguration configuration) throws ConfigurationRejectedException {
    LoggingCF logging = configuration.getObservability().getLogging();
    LogLevel level = level("observability.logging.level", logging.getLevel());
    LogLevel grpc =
        logging.hasGrpcLevel()
            ? level("observability.logging.grpc_level", logging.getGrpcLevel())
            : LogLevel.ERROR;
    return () -> {
      LOGGERS.forEach(logger -> JsonLogs.level(logger, level));
      JsonLogs.grpcLevel(grpc);
    };
  }

  @Override
  public void stop() {}

  private static LogLevel level(String path, log_level_enum level)
      throws ConfigurationRejectedException {
    return switch (level) {
      case info -> LogLevel.INFO;
      case debug -> LogLevel.DEBUG;
      case warn -> LogLevel.WARN;
      case error -> LogLevel.ERROR;
      case UNRECOGNIZED ->
          throw new ConfigurationRejectedException(
              path, "unknown", "one of info, debug, warn, error");
    };
  }
}
