package io.mooring.gitlab.githttp;

import java.io.IOException;
import java.io.Serial;

/** A transfer failed after part of the answer was sent; the web server closes the connection. */
final class BrokenTransferException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  BrokenTransferException(Throwable cause) {
    super("the transfer broke off", cause);
  }
}
