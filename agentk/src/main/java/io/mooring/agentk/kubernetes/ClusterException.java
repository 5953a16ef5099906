package io.mooring.agentk.kubernetes;

import java.io.Serial;

/** The API server could not be reached, or did not do what was asked. */
public final class ClusterException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  /** No answer. */
  ClusterException(String message, Throwable cause) {
    super(message, cause);
    this.status = 0;
  }

  /** An answer that is no success. */
  ClusterException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** HTTP status code; 0 when there was no answer. */
  public int status() {
    return status;
  }
}
