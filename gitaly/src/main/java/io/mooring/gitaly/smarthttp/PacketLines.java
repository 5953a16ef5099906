package io.mooring.gitaly.smarthttp;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Git's pkt-line format: four hex digits of length, themselves included, then the content. */
final class PacketLines {
  /** Most bytes of a line with its length. */
  static final int MAX_LINE = 65520;

  /** The end of a section. */
  private static final byte[] FLUSH = "0000".getBytes(UTF_8);

  private PacketLines() {}

  /** One line. The content does not get a line break. */
  static byte[] line(String content) {
    byte[] bytes = content.getBytes(UTF_8);
    int length = bytes.length + 4;
    if (length > MAX_LINE) {
      throw new IllegalArgumentException(
          "a pkt-line of " + length + " bytes (expected: at most " + MAX_LINE + ")");
    }
    byte[] line = new byte[length];
    System.arraycopy("%04x".formatted(length).getBytes(UTF_8), 0, line, 0, 4);
    System.arraycopy(bytes, 0, line, 4, bytes.length);
    return line;
  }

  /** A flush packet. */
  static byte[] flush() {
    return FLUSH.clone();
  }
}
