package io.mooring.protocol.observability;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up logging of a program: JSON lines on stderr, the program at {@code info}, the gRPC library
 * and Netty at {@code error}. In code and not in a file, because reading a file costs agentk a
 * tenth of its start.
 */
public final class JsonLogs {
  /**
   * Loggers of the gRPC library and what lies below it: {@code grpc_level} of the configuration.
   */
  private static final List<String> GRPC = List.of("io.grpc", "io.netty");

  // java.util.logging forgets the level of a logger that nobody holds.
  private static final java.util.logging.Logger GRPC_JAVA =
      java.util.logging.Logger.getLogger("io.grpc");

  private JsonLogs() {}

  /** Replaces whatever logging was set up before. Called first in every {@code main}. */
  public static void install() {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var lines = new JsonLines();
    lines.setContext(context);
    lines.start();
    var stderr = new ConsoleAppender<ILoggingEvent>();
    stderr.setContext(context);
    stderr.setTarget("System.err");
    stderr.setEncoder(lines);
    stderr.start();
    ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(LogLevel.INFO.logback());
    root.addAppender(stderr);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    grpcLevel(LogLevel.ERROR);
  }

  /** Sets the level of a logger and of those below it, while the program runs. */
  public static void level(String logger, LogLevel level) {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(logger).setLevel(level.logback());
  }

  /** Sets the level of the gRPC library, while the program runs. */
  public static void grpcLevel(LogLevel level) {
    GRPC.forEach(logger -> level(logger, level));
    GRPC_JAVA.setLevel(level.jul());
  }
}
