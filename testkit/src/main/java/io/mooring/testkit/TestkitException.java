package io.mooring.testkit;

/** A server or tool a test needs could not be had; the message says which and what to do next. */
public final class TestkitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Reports what happened, with the offending value and the next step. */
  public TestkitException(String message) {
    super(message);
  }

  /** Reports what happened and the failure beneath it. */
  public TestkitException(String message, Throwable cause) {
    super(message, cause);
  }
}
