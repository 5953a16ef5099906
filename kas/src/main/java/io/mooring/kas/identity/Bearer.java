package io.mooring.kas.identity;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.protocol.secret.Secret;

/** Reads {@code authorization: Bearer <token>} (wire.md 3.1). */
final class Bearer {
  /** Texts of the two refusals, as every caller of the original knows them. */
  static final String NO_BEARER = "Request unauthenticated with bearer";

  static final String NO_SPACE = "Bad authorization string";

  /**
   * Tokens of GitLab have 50 characters and JWTs a few hundred; what is longer is no token, and
   * would not fit into a header of a request to GitLab.
   */
  static final int MAX_LENGTH = 4096;

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private Bearer() {}

  /**
   * The token of the first {@code authorization} value.
   *
   * @throws StatusException {@code UNAUTHENTICATED} when there is none, or one that no token can
   *     look like
   */
  static Secret token(Metadata headers) throws StatusException {
    Iterable<String> values = headers.getAll(AUTHORIZATION);
    if (values == null || !values.iterator().hasNext()) {
      throw unauthenticated(NO_BEARER);
    }
    String value = values.iterator().next();
    int space = value.indexOf(' ');
    if (space < 0) {
      throw unauthenticated(NO_SPACE);
    }
    String token = value.substring(space + 1);
    if (!value.substring(0, space).equalsIgnoreCase("bearer") || !isToken(token)) {
      throw unauthenticated(NO_BEARER);
    }
    return Secret.of(token);
  }

  private static boolean isToken(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static StatusException unauthenticated(String text) {
    return Status.UNAUTHENTICATED.withDescription(text).asException();
  }
}
