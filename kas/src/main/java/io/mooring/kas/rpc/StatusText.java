package io.mooring.kas.rpc;

/** Keeps the text of a status short enough to arrive. */
public final class StatusText {
  /**
   * Bytes a text may take after gRPC's percent-encoding: clients refuse trailers of more than 8
   * KiB, and other trailers need room, too.
   */
  static final int MAX_ENCODED = 6_000;

  private static final String CUT = "...";

  private StatusText() {}

  /** The text, cut at the end where it is too long for a status. */
  public static String fitting(String text) {
    int encoded = CUT.length();
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      encoded += encodedLength(c);
      if (encoded > MAX_ENCODED) {
        return text.substring(0, at) + CUT;
      }
      at += Character.charCount(c);
    }
    return text;
  }

  private static int encodedLength(int c) {
    if (c >= ' ' && c < 0x7f && c != '%') {
      return 1;
    }
    int bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    return 3 * bytes;
  }
}
