package io.mooring.protocol.observability;

import java.io.Serial;

/** Something a program needs is not there; the text is shown to whoever asks for the probe. */
public final class ProbeFailedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** What is missing. */
  public ProbeFailedException(String message) {
    super(message);
  }

  /** What is missing, and the failure that told it. */
  public ProbeFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
