package io.mooring.kas.gitops;

/**
 * The files an agent asks for cannot be sent, and asking again is useless until somebody changes
 * something.
 */
final class SelectionException extends Exception {
  private static final long serialVersionUID = 1L;

  SelectionException(String message) {
    super(message);
  }

  SelectionException(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
