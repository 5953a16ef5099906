package io.mooring.protocol.jwt;

import java.io.Serial;

/**
 * A token was not accepted. The reason is for counting and for the log of the receiver; a caller is
 * told nothing more than that validation failed. Neither the token nor its claims are part of it.
 */
public final class JwtRejectedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** Why a token was not accepted. */
  public enum Reason {
    /** Not three base64url parts with JSON objects, or too long. */
    MALFORMED,
    /** Signed with none, or with an algorithm that is not HS256, HS384 or HS512. */
    ALGORITHM,
    /** Signed with another secret, or changed. */
    SIGNATURE,
    /** {@code exp} has passed. */
    EXPIRED,
    /** {@code nbf} lies in the future. */
    NOT_YET_VALID,
    /** Meant for another receiver. */
    AUDIENCE,
    /** Made by somebody else. */
    ISSUER
  }

  private final Reason reason;

  JwtRejectedException(Reason reason) {
    super("token rejected: " + reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
    this.reason = reason;
  }

  /** Why it was not accepted. */
  public Reason reason() {
    return reason;
  }
}
