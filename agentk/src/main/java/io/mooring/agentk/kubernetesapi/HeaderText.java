package io.mooring.agentk.kubernetesapi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Header values are text in messages and bytes in HTTP. Netty takes each byte for a character, so
 * what is not ASCII is turned into the bytes of UTF-8 and back.
 */
final class HeaderText {
  private HeaderText() {}

  /** Characters that stand for the bytes of the text. */
  static String toHttp(String text) {
    return isAscii(text) ? text : new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  /** The text; bytes that are no UTF-8 stay the characters they are in Latin 1. */
  static String fromHttp(String value) {
    if (isAscii(value)) {
      return value;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(value.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      return value;
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
