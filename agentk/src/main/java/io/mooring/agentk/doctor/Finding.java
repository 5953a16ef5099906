package io.mooring.agentk.doctor;

import java.util.Locale;

/**
 * What one check found.
 *
 * @param check what was looked at
 * @param verdict how it is
 * @param what happened
 * @param value what was found; empty where {@code what} says all
 * @param expected what should be there; empty when all is well
 * @param next what to do; empty when there is nothing to do
 */
public record Finding(
    Check check, Verdict verdict, String what, String value, String expected, String next) {
  /** How it is. The names are part of the stable JSON output. */
  public enum Verdict {
    /** As it should be. */
    OK,
    /** Works, but something will not. */
    WARNING,
    /** The agent cannot work like this. */
    FAILED,
    /** Not looked at. */
    SKIPPED;

    /** As it is shown. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(Check check, String what, String value) {
    return new Finding(check, Verdict.OK, what, value, "", "");
  }

  static Finding warning(Check check, String what, String value, String expected, String next) {
    return new Finding(check, Verdict.WARNING, what, value, expected, next);
  }

  static Finding failed(Check check, String what, String value, String expected, String next) {
    return new Finding(check, Verdict.FAILED, what, value, expected, next);
  }

  static Finding skipped(Check check, String why) {
    return new Finding(check, Verdict.SKIPPED, why, "", "", "");
  }
}
