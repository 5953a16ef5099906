package io.mooring.protocol.websocket;

import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What both ends of an opening handshake agree on (RFC 6455 4, wire.md 2.7). */
final class Handshake {
  /** Offered by every agent and chosen by every kas. */
  static final String SUBPROTOCOL = "ws-tunnel";

  static final String VERSION = "13";

  /** Method, address and version of a request, or the status line of an answer. */
  static final int MAX_FIRST_LINE_BYTES = 8 * 1024;

  /** All headers; proxies in front seldom let more than half of this pass. */
  static final int MAX_HEADER_BYTES = 64 * 1024;

  // RFC 6455 1.3.
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Handshake() {}

  /** The answer to a {@code Sec-WebSocket-Key}: proof that the other end speaks WebSocket. */
  static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-1", e);
    }
  }

  /** Whether a header that lists tokens has this one, in any case. */
  static boolean lists(HttpHeaders headers, CharSequence name, String token) {
    return headers.containsValue(name, token, true);
  }
}
