package io.mooring.protocol.yaml;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A document was refused. The message lists the problems, joined by {@code "; "}. */
public final class InvalidDocumentException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** Refused for these, at least one. */
  public InvalidDocumentException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order found, at most {@link ProtoYaml#MAX_PROBLEMS}. */
  public List<Problem> problems() {
    return problems;
  }
}
