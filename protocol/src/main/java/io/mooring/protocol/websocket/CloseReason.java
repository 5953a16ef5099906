package io.mooring.protocol.websocket;

import java.nio.charset.StandardCharsets;

/**
 * Why a WebSocket is closed: the content of a Close frame (RFC 6455 5.5.1, 7.4).
 *
 * @param code status code
 * @param text for people; cut to what a control frame can carry
 */
record CloseReason(int code, String text) {
  static final int NORMAL = 1000;
  static final int GOING_AWAY = 1001;
  static final int PROTOCOL_ERROR = 1002;
  static final int UNSUPPORTED = 1003;
  static final int NO_CODE = 1005;
  static final int TOO_BIG = 1009;

  /** A control frame carries 125 bytes, two of which are the code. */
  static final int MAX_TEXT_BYTES = 123;

  static CloseReason of(int code) {
    return new CloseReason(code, "");
  }

  /**
   * Reads the payload of a Close frame.
   *
   * @throws FrameException for half a code, or one that no frame may carry
   */
  static CloseReason decode(byte[] payload) throws FrameException {
    if (payload.length == 0) {
      return of(NO_CODE);
    }
    if (payload.length == 1) {
      throw new FrameException(PROTOCOL_ERROR, "Close frame with 1 byte (expected: 0 or 2-125)");
    }
    int code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    boolean defined = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    if (!defined && (code < 3000 || code > 4999)) {
      throw new FrameException(
          PROTOCOL_ERROR, "Close frame with code " + code + " (expected: one of RFC 6455 7.4)");
    }
    return new CloseReason(
        code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
  }

  /** The payload of a Close frame. */
  byte[] encode() {
    if (code == NO_CODE) {
      return new byte[0];
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(utf8.length, MAX_TEXT_BYTES);
    while (length < utf8.length && length > 0 && (utf8[length] & 0xc0) == 0x80) {
      // Not in the middle of a character.
      length--;
    }
    byte[] payload = new byte[2 + length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(utf8, 0, payload, 2, length);
    return payload;
  }

  /** Whether the byte stream ended as intended (wire.md 2.7). */
  boolean isOrderly() {
    return code == NORMAL || code == GOING_AWAY;
  }

  @Override
  public String toString() {
    return text.isEmpty() ? String.valueOf(code) : code + " (" + text + ")";
  }
}
