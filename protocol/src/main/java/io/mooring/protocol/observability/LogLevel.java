package io.mooring.protocol.observability;

import ch.qos.logback.classic.Level;

/** The levels a configuration can name ({@code log_level_enum} of config.md A1). */
public enum LogLevel {
  /** Everything. */
  DEBUG,
  /** What happens. */
  INFO,
  /** What may need somebody. */
  WARN,
  /** What failed. */
  ERROR;

  Level logback() {
    return switch (this) {
      case DEBUG -> Level.DEBUG;
      case INFO -> Level.INFO;
      case WARN -> Level.WARN;
      case ERROR -> Level.ERROR;
    };
  }

  java.util.logging.Level jul() {
    return switch (this) {
      case DEBUG -> java.util.logging.Level.FINE;
      case INFO -> java.util.logging.Level.INFO;
      case WARN -> java.util.logging.Level.WARNING;
      case ERROR -> java.util.logging.Level.SEVERE;
    };
  }
}
