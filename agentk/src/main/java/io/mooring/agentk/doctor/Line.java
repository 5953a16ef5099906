package io.mooring.agentk.doctor;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection of the doctor, read and written by the calling thread. */
final class Line implements AutoCloseable {
  /** Proxies seldom let a larger head pass. */
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  private final Socket socket;

  private Line(Socket socket) {
    this.socket = socket;
  }

  static Line open(InetSocketAddress address, Bound bound) throws IOException {
    var socket = new Socket();
    try {
      socket.connect(address, bound.millis());
      socket.setTcpNoDelay(true);
      return new Line(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The same connection inside of another protocol; closing it closes this one. */
  static Line over(Socket socket) {
    return new Line(socket);
  }

  Socket socket() {
    return socket;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Reads exactly so many bytes.
   *
   * @throws EOFException when the other side ends before
   */
  byte[] read(int count, Bound bound) throws IOException {
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      socket.setSoTimeout(bound.millis());
      int read = socket.getInputStream().read(bytes, at, count - at);
      if (read < 0) {
        throw new EOFException("the connection ended after " + at + " of " + count + " bytes");
      }
      at += read;
    }
    return bytes;
  }

  /** Reads the head of an HTTP/1.1 answer, and nothing behind it. */
  HttpHead head(Bound bound) throws IOException {
    var head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n") && !text.endsWith("\n\n")) {
      if (head.size() >= MAX_HEAD_BYTES) {
        throw new IOException("a head of more than " + MAX_HEAD_BYTES + " bytes");
      }
      byte next = read(1, bound)[0];
      head.write(next);
      if (next == '\n') {
        text = head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return HttpHead.parse(text);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing left to say on it.
    }
  }
}
