package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A client that writes what a test says and reads what comes, byte by byte. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** A head as it came. */
  record Head(int status, List<String> lines) {
    /** All values of a header. */
    List<String> all(String name) {
      return lines.stream()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .toList();
    }

    Optional<String> first(String name) {
      return all(name).stream().findFirst();
    }
  }

  /** A whole answer. */
  record Response(Head head, String body) {
    int status() {
      return head.status();
    }
  }

  static RawClient connect(SocketAddress address) throws IOException {
    return connect(address, 0);
  }

  /**
   * Connects.
   *
   * @param receiveBuffer bytes the kernel holds for it; 0 for as many as it likes
   */
  static RawClient connect(SocketAddress address, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), ((InetSocketAddress) address).getPort()));
    return new RawClient(socket);
  }

  /** Writes; each line ends with CR LF in place of LF. */
  RawClient send(String text) throws IOException {
    return bytes(text.replace("\n", "\r\n").getBytes(ISO_8859_1));
  }

  RawClient bytes(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** A request without body, with its credentials. */
  RawClient get(String target, String... headers) throws IOException {
    return request("GET", target, headers);
  }

  RawClient request(String method, String target, String... headers) throws IOException {
    StringBuilder head =
        new StringBuilder(method + " " + target + " HTTP/1.1\nHost: kas.example.com\n");
    for (String header : headers) {
      head.append(header).append('\n');
    }
    return send(head.append('\n').toString());
  }

  Head head() throws IOException {
    String statusLine = line();
    List<String> lines = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    return new Head(Integer.parseInt(statusLine.split(" ", 3)[1]), lines);
  }

  /** An answer whose end its head tells. */
  Response response() throws IOException {
    Head head = head();
    if (head.first("Transfer-Encoding").isPresent()) {
      StringBuilder body = new StringBuilder();
      for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
        body.append(chunk);
      }
      return new Response(head, body.toString());
    }
    int length = head.first("Content-Length").map(Integer::parseInt).orElse(0);
    return new Response(head, text(length));
  }

  /** The next chunk of a body; empty after the last. */
  String chunk() throws IOException {
    int size = Integer.parseInt(line(), 16);
    String text = text(size);
    if (!line().isEmpty()) {
      throw new IOException("no line break after a chunk");
    }
    return text;
  }

  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended within a line: " + line);
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(ISO_8859_1);
  }

  String text(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection ended after " + bytes.length + " of " + length);
    }
    return new String(bytes, ISO_8859_1);
  }

  /** Whether the server has ended the connection in good order and sends nothing more. */
  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  /** Whether something can be read now. */
  boolean hasInput() throws IOException {
    return in.available() > 0;
  }

  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends the connection with a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
