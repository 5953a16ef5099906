package io.mooring.protocol.observability;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fields that every line of one program carries, such as the agent id once agentk knows it. They
 * hang on the name of a logger and of all loggers below it, so that programs in one process keep
 * theirs apart.
 */
public final class LogFields {
  // Written a few times in the life of a process, read for every line.
  private static final Map<String, Map<String, Object>> BY_LOGGER = new ConcurrentHashMap<>();

  private LogFields() {}

  /** Adds a field, or replaces its value, for a logger and those below it. */
  public static void put(String logger, String name, Object value) {
    BY_LOGGER.merge(
        logger,
        Map.of(name, value),
        (before, added) -> {
          var both = new LinkedHashMap<>(before);
          both.putAll(added);
          return Collections.unmodifiableMap(both);
        });
  }

  /** Takes back all fields of a logger. */
  public static void clear(String logger) {
    BY_LOGGER.remove(logger);
  }

  static Map<String, Object> of(String logger) {
    if (BY_LOGGER.isEmpty()) {
      return Map.of();
    }
    for (Map.Entry<String, Map<String, Object>> entry : BY_LOGGER.entrySet()) {
      String name = entry.getKey();
      if (logger.startsWith(name)
          && (logger.length() == name.length() || logger.charAt(name.length()) == '.')) {
        return entry.getValue();
      }
    }
    return Map.of();
  }
}
