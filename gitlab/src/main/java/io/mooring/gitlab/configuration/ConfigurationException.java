package io.mooring.gitlab.configuration;

import java.io.Serial;

/**
 * The configuration file cannot be used. The message is meant for the operator and begins with
 * file, line and column: {@code gitlab.yml:3:9: http.port: 70000 (expected: 0-65535)}.
 */
public final class ConfigurationException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  ConfigurationException(String file, int line, int column, String problem) {
    super(line == 0 ? file + ": " + problem : file + ":" + line + ":" + column + ": " + problem);
  }
}
