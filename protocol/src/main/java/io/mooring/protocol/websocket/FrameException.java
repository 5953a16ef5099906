package io.mooring.protocol.websocket;

import java.io.Serial;

/** The peer broke the rules of WebSocket or of the tunnel; the connection ends. */
final class FrameException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int code;
  private final String text;

  /**
   * Says why.
   *
   * @param code to close with
   * @param text for the peer and for our error
   */
  FrameException(int code, String text) {
    super(text);
    this.code = code;
    this.text = text;
  }

  CloseReason reason() {
    return new CloseReason(code, text);
  }
}
