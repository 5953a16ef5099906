package io.mooring.apply.manifest;

/** A document that cannot be read. */
final class MalformedDocumentException extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialised; Exception forces the field to be thought about
  private final Problem problem;

  MalformedDocumentException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
