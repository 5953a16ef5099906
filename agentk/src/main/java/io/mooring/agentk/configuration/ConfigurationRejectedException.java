package io.mooring.agentk.configuration;

import java.io.Serial;

/** A feature cannot work with a configuration. */
public final class ConfigurationRejectedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String path;
  private final String problem;
  private final String expected;

  /**
   * Names what is wrong.
   *
   * @param path names from the root of the configuration file
   * @param problem the offending value
   * @param expected what would be right
   */
  public ConfigurationRejectedException(String path, String problem, String expected) {
    super(path + ": " + problem + " (expected: " + expected + ")");
    this.path = path;
    this.problem = problem;
    this.expected = expected;
  }

  /** Names from the root of the configuration file. */
  public String path() {
    return path;
  }

  /** The offending value. */
  public String problem() {
    return problem;
  }

  /** What would be right. */
  public String expected() {
    return expected;
  }
}
