package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;

/** Names and values of headers as texts. */
final class HeaderText {
  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (int c = 0; c < TOKEN.length; c++) {
      TOKEN[c] =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
  }

  private HeaderText() {}

  /** Whether a character may be in a method or a header's name, RFC 9110 5.6.2. */
  static boolean isTokenCharacter(int c) {
    return c >= 0 && c < TOKEN.length && TOKEN[c];
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenCharacter(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether a text can be the value of a header: no line break, no control character. */
  static boolean isValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** A value that was read byte by byte, as the UTF-8 it must be to travel in a message. */
  static String unicode(String name, String value) throws MalformedRequestException {
    if (value.chars().allMatch(c -> c < 0x80)) {
      return value;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(value.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      throw MalformedRequestException.because("the header " + name + " is not UTF-8");
    }
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /**
   * As servers fold names that make variables of headers: in lower case, underscores as hyphens.
   */
  static String folded(String name) {
    return lower(name).replace('_', '-');
  }
}
