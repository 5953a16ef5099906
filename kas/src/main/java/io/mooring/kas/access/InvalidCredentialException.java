package io.mooring.kas.access;

import java.io.Serial;

/**
 * The request presents no credential, or one that cannot be read. The message is the detail of
 * kubernetes-api.md 4, to be shown to the client after {@code Unauthorized: }.
 */
public final class InvalidCredentialException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  InvalidCredentialException(String detail) {
    super(detail);
  }

  /** The detail to show. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
