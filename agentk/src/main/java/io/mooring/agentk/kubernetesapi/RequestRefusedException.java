package io.mooring.agentk.kubernetesapi;

import java.io.Serial;

/** A request that is not sent to the API server; the message is for the caller. */
final class RequestRefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  RequestRefusedException(String message) {
    super(message);
  }

  RequestRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
