package io.mooring.kas.configuration;

import io.mooring.protocol.yaml.Problem;
import java.util.List;

/**
 * A configuration file that cannot be used until its author changes it. The message tells all
 * problems.
 */
final class RejectedFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  RejectedFileException(String message, List<Problem> problems, Exception cause) {
    super(message, cause);
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, at least one. */
  List<Problem> problems() {
    return problems;
  }
}
