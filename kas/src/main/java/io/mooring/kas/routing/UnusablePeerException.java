package io.mooring.kas.routing;

import java.io.Serial;

/** A replica that is listed cannot be called: its URL is not understood or not allowed. */
final class UnusablePeerException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  UnusablePeerException(String message) {
    super(message);
  }
}
