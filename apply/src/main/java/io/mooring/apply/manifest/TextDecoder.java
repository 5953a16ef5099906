package io.mooring.apply.manifest;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Turns the bytes of a file into text, or names the byte that is none. */
final class TextDecoder {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextDecoder() {}

  static String decode(Source source) throws MalformedDocumentException {
    byte[] content = source.content();
    if (content.length > Limits.MAX_SOURCE_BYTES) {
      throw new MalformedDocumentException(
          new Problem(
              new Position(source.path(), 0, 0),
              "the file has " + content.length + " bytes",
              "at most " + Limits.MAX_SOURCE_BYTES));
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    // UTF-8 never has more characters than bytes.
    CharBuffer chars = CharBuffer.allocate(content.length);
    CoderResult result = decoder.decode(bytes, chars, true);
    if (result.isError()) {
      throw new MalformedDocumentException(
          new Problem(
              place(source.path(), chars.flip(), chars.limit()),
              "the byte 0x%02x is not UTF-8 text".formatted(bytes.get(bytes.position()) & 0xff),
              "a manifest in UTF-8; keep binary files out of the paths"));
    }
    chars.flip();
    boolean marked = chars.hasRemaining() && chars.get(0) == BYTE_ORDER_MARK;
    return marked ? chars.subSequence(1, chars.length()).toString() : chars.toString();
  }

  /** The line and column of a character. */
  static Position place(String file, CharSequence text, int index) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < index; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new Position(file, line, Character.codePointCount(text, start, index) + 1);
  }
}
