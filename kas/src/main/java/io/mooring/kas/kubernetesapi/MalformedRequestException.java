package io.mooring.kas.kubernetesapi;

import java.io.Serial;

/** A request whose head breaks the rules; the refusal says which one. */
final class MalformedRequestException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  MalformedRequestException(Refusal refusal) {
    super(refusal.message(), null, false, false);
    this.refusal = refusal;
  }

  /** A 400 with this detail. */
  static MalformedRequestException because(String detail) {
    return new MalformedRequestException(Refusal.badRequest(detail));
  }

  Refusal refusal() {
    return refusal;
  }
}
