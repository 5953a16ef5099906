package io.mooring.apply.cluster;

import io.mooring.apply.object.JsonObject;

/** The version of an API server. */
public record ServerVersion(int major, int minor) {

  /** From the answer to {@code /version}; distributions write minors such as {@code 25+}. */
  public static ServerVersion of(JsonObject version) {
    return new ServerVersion(digits(version.text("major")), digits(version.text("minor")));
  }

  /**
   * Whether the parameter {@code fieldValidation} is understood without a feature gate (KEP-2885).
   */
  public boolean validatesFields() {
    return major > 1 || (major == 1 && minor >= 25);
  }

  private static int digits(String text) {
    int value = 0;
    for (int i = 0; i < text.length() && i < 6 && Character.isDigit(text.charAt(i)); i++) {
      value = value * 10 + (text.charAt(i) - '0');
    }
    return value;
  }
}
