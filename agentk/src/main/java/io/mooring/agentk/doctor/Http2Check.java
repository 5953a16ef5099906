package io.mooring.agentk.doctor;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** HTTP/2 with prior knowledge: its preface, and the settings that kas answers with. */
final class Http2Check {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Empty settings: length 0, type 4, no flags, stream 0 (RFC 9113 6.5). */
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private static final int FRAME_HEAD_BYTES = 9;
  private static final int SETTINGS_TYPE = 4;

  /** Of a WebSocket frame (RFC 6455 5.2). */
  private static final int BINARY = 0x82;

  private static final int MASKED = 0x80;
  private static final int TWO_BYTES_LENGTH = 126;

  private Http2Check() {}

  /** Directly on the connection. */
  static void plain(Line line, Bound bound) throws UnhealthyException {
    try {
      line.send(opening());
      judge(line.read(FRAME_HEAD_BYTES, bound), "");
    } catch (IOException e) {
      throw silent(e, bound, "");
    }
  }

  /** Inside of a WebSocket. */
  static void framed(Line line, Bound bound) throws UnhealthyException {
    String inside = " through the WebSocket";
    try {
      byte[] opening = opening();
      byte[] frame = new byte[6 + opening.length];
      frame[0] = (byte) BINARY;
      frame[1] = (byte) (MASKED | opening.length);
      // The mask of zeros that follows leaves the bytes as they are.
      System.arraycopy(opening, 0, frame, 6, opening.length);
      line.send(frame);
      byte[] head = line.read(2, bound);
      if ((head[0] & 0xff) != BINARY) {
        throw new UnhealthyException(
            Check.HTTP2,
            "the WebSocket answers with something that is not kas's",
            "a frame that begins with 0x" + Integer.toHexString(head[0] & 0xff),
            "a binary message",
            "check host and path of --kas-address");
      }
      if ((head[1] & 0x7f) >= TWO_BYTES_LENGTH) {
        line.read((head[1] & 0x7f) == TWO_BYTES_LENGTH ? 2 : 8, bound);
      }
      judge(line.read(FRAME_HEAD_BYTES, bound), inside);
    } catch (IOException e) {
      throw silent(e, bound, inside);
    }
  }

  private static byte[] opening() {
    byte[] opening = Arrays.copyOf(PREFACE, PREFACE.length + SETTINGS.length);
    System.arraycopy(SETTINGS, 0, opening, PREFACE.length, SETTINGS.length);
    return opening;
  }

  private static void judge(byte[] head, String inside) throws UnhealthyException {
    if (new String(head, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.")) {
      throw new UnhealthyException(
          Check.HTTP2,
          "what answers speaks HTTP/1.1 only",
          "HTTP/1",
          "HTTP/2",
          "this port is not kas's agent listener, or a proxy in front knows no HTTP/2: use ws:// or"
              + " wss:// with agent.listen.websocket: true, or let the proxy pass HTTP/2");
    }
    if (head[3] != SETTINGS_TYPE) {
      throw new UnhealthyException(
          Check.HTTP2,
          "the first frame of HTTP/2 is not the one it has to be" + inside,
          "a frame of type " + (head[3] & 0xff),
          "SETTINGS (type 4)",
          "this is not kas: check host and port of --kas-address");
    }
  }

  private static UnhealthyException silent(IOException e, Bound bound, String inside) {
    if (e instanceof SocketTimeoutException && !inside.isEmpty()) {
      return new UnhealthyException(
          Check.HTTP2,
          "the WebSocket opens, but nothing comes" + inside,
          "no byte within " + bound.text(),
          "HTTP/2 settings at once",
          "a proxy in between buffers: switch its buffering off for this host"
              + " (NGINX: proxy_buffering off), use wss:// so that it cannot look inside, or exempt"
              + " the host from it");
    }
    if (e instanceof SocketTimeoutException) {
      return new UnhealthyException(
          Check.HTTP2,
          "no answer to the preface of HTTP/2",
          "no byte within " + bound.text(),
          "HTTP/2 settings at once",
          "something in between buffers or drops what it does not know: exempt the host from it, or"
              + " use wss://; check the port and the scheme too");
    }
    boolean ended = e instanceof EOFException;
    return new UnhealthyException(
        Check.HTTP2,
        "the connection is closed instead of speaking HTTP/2" + inside,
        ended ? "closed" : String.valueOf(e.getMessage()),
        "HTTP/2 settings",
        "check the scheme (grpcs:// where kas has TLS, grpc:// where not) and the port; a proxy that"
            + " knows HTTP/1.1 only needs ws:// or wss://");
  }

  /** What TLS agreed on has to be HTTP/2. */
  static void negotiated(String protocol) throws UnhealthyException {
    if (!protocol.equals("h2")) {
      throw new UnhealthyException(
          Check.HTTP2,
          "what ends TLS does not offer HTTP/2",
          protocol.isEmpty() ? "no protocol by ALPN" : protocol,
          "h2",
          "a proxy in front of kas ends TLS and knows HTTP/1.1 only: let it speak HTTP/2, or pass TLS"
              + " through; or use wss:// with agent.listen.websocket: true");
    }
  }
}
