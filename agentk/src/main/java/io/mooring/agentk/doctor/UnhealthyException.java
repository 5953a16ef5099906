package io.mooring.agentk.doctor;

import java.io.Serial;

/** A check failed, so that those behind it on the same way cannot be made. */
final class UnhealthyException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  UnhealthyException(Finding finding) {
    super(finding.what());
    this.finding = finding;
  }

  UnhealthyException(Check check, String what, String value, String expected, String next) {
    this(Finding.failed(check, what, value, expected, next));
  }

  Finding finding() {
    return finding;
  }
}
