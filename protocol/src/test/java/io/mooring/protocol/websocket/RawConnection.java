package io.mooring.protocol.websocket;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** A socket that a test speaks HTTP/1.1 and WebSocket on by hand, as client or as server. */
final class RawConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 15_000;
  private static final int KEY = 0x5a3c0ff1;

  private final Socket socket;
  private final InputStream in;

  /** First line and headers of a request or an answer; names in lower case. */
  record Head(String first, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  RawConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  static RawConnection to(int port) throws IOException {
    return new RawConnection(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** A handshake that is right in every detail. */
  static String handshake(String... more) {
    return String.join(
            "\r\n",
            "GET /-/kubernetes-agent/?a=b HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
        + "\r\n"
        + (more.length == 0 ? "Sec-WebSocket-Protocol: ws-tunnel" : String.join("\r\n", more))
        + "\r\n\r\n";
  }

  /** Asks for a WebSocket and checks that it was granted. */
  RawConnection upgrade() throws IOException {
    write(handshake());
    Head head = head();
    if (!head.first().startsWith("HTTP/1.1 101")) {
      throw new AssertionError(head);
    }
    return this;
  }

  /** Grants a WebSocket. */
  void accept(Head request, String... more) throws IOException {
    write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + acceptance(request.header("sec-websocket-key"))
            + "\r\n"
            + (more.length == 0 ? "" : String.join("\r\n", more) + "\r\n")
            + "\r\n");
  }

  static String acceptance(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest(
                      (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                          .getBytes(StandardCharsets.US_ASCII)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.US_ASCII));
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Sends a frame as a client. */
  void send(RawFrame frame) throws IOException {
    write(frame.encode(OptionalInt.of(KEY)));
  }

  /** Sends a frame as a server. */
  void sendUnmasked(RawFrame frame) throws IOException {
    write(frame.encode(OptionalInt.empty()));
  }

  Head head() throws IOException {
    String first = line();
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (one, two) -> one + ", " + two);
    }
    return new Head(first, headers);
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("after " + line);
      }
      if (octet != '\r') {
        line.write(octet);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  RawFrame read() throws IOException {
    return RawFrame.read(in);
  }

  /** Reads until there is a frame of this kind. */
  RawFrame read(int opcode) throws IOException {
    RawFrame frame = read();
    while (frame.opcode() != opcode) {
      frame = read();
    }
    return frame;
  }

  InputStream in() {
    return in;
  }

  Socket socket() {
    return socket;
  }

  /** Whether the other side closed, which it has to do in time. */
  boolean ends() throws IOException {
    try {
      while (in.read() >= 0) {
        // What is still on its way.
      }
      return true;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
