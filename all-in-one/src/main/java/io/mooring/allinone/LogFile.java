package io.mooring.allinone;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import io.mooring.protocol.observability.JsonLines;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The log lines of every program of this JVM in one file, from opening to closing. The terminal is
 * left to the person who watches.
 */
final class LogFile implements AutoCloseable {

  private final Logger root;
  private final FileAppender<ILoggingEvent> appender = new FileAppender<>();

  private LogFile(Logger root) {
    this.root = root;
  }

  /** Starts to write; a file that is there begins anew. */
  static LogFile open(Path file) {
    // Tomcat and the JDK log through java.util.logging; their lines belong here too.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    LogFile log = new LogFile((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
    LoggerContext context = log.root.getLoggerContext();
    JsonLines lines = new JsonLines();
    lines.setContext(context);
    lines.start();
    log.appender.setContext(context);
    log.appender.setFile(file.toString());
    log.appender.setAppend(false);
    log.appender.setEncoder(lines);
    log.appender.start();
    log.root.addAppender(log.appender);
    return log;
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
  }
}
