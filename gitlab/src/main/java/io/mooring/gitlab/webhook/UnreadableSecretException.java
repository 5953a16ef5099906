package io.mooring.gitlab.webhook;

import java.io.Serial;

/** A sealed secret that this application cannot open. */
final class UnreadableSecretException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** What people are told. */
  static final String TEXT =
      "its secrets were sealed under another key (expected: the .secret_key_base they were made with)";

  UnreadableSecretException() {
    super(TEXT);
  }
}
