package io.mooring.kas.access;

/** Reads ids as the original does, with its texts for what is none. */
final class Numbers {
  /** The longest text of a 64-bit number; what is longer may be a misplaced token. */
  private static final int MAX_LENGTH = 20;

  private Numbers() {}

  /**
   * A decimal 64-bit number.
   *
   * @throws NumberFormatException whose message is fit to be shown
   */
  static long parse(String text) {
    String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new NumberFormatException(problem(text, "invalid syntax"));
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new NumberFormatException(problem(text, "value out of range"));
    }
  }

  private static String problem(String text, String what) {
    return "strconv.ParseInt: parsing " + quoted(text) + ": " + what;
  }

  /** The text in quotation marks, unless it may be a secret in the wrong place. */
  static String quoted(String text) {
    if (text.length() > MAX_LENGTH) {
      return "\"***\"";
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f) {
        quoted.append(String.format("\\x%02x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
