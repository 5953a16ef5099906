package io.mooring.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection that sends one request, and its answer as bytes. Owned by one thread. */
final class RawConnection implements AutoCloseable {
  /** A server that says nothing for so long is broken. */
  private static final int SILENCE_MILLIS = 60_000;

  private static final int CONNECT_MILLIS = 10_000;
  private static final int MAX_HEAD = 16 * 1024;

  /** Of the body of an answer that was not expected, which says why. */
  private static final int MAX_REFUSAL = 512;

  private static final int BUFFER = 128 * 1024;

  private final Socket socket;
  private final InputStream in;

  private RawConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
  }

  static RawConnection open(Endpoint endpoint) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(SILENCE_MILLIS);
      socket.connect(endpoint.address(), CONNECT_MILLIS);
      return new RawConnection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  void send(String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  OutputStream out() throws IOException {
    return socket.getOutputStream();
  }

  InputStream in() {
    return in;
  }

  /**
   * Reads the head of the answer.
   *
   * @return all its lines
   * @throws IOException when its status is another than expected
   */
  String head(int expectedStatus) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
      int next = in.read();
      if (next < 0 || head.length() == MAX_HEAD) {
        throw new IOException("no whole answer: " + head);
      }
      head.append((char) next);
    }
    if (!head.toString().startsWith("HTTP/1.1 " + expectedStatus + " ")) {
      String body = new String(in.readNBytes(MAX_REFUSAL), StandardCharsets.UTF_8);
      throw new IOException("expected status %d, got: %s%s".formatted(expectedStatus, head, body));
    }
    return head.toString();
  }

  /** Reads to the end of the connection and returns how many bytes came. */
  long drain() throws IOException {
    byte[] buffer = new byte[BUFFER];
    long total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      total += n;
    }
    return total;
  }

  /** From now on silence is no fault. */
  void patient() throws IOException {
    socket.setSoTimeout(0);
  }

  boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
