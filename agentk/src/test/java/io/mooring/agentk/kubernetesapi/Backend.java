package io.mooring.agentk.kubernetesapi;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An API server that does what a test says, byte by byte. Each connection is served by a virtual
 * thread.
 */
final class Backend implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  /** What is done with a connection; it is closed afterwards. */
  interface Script {
    void run(Connection connection) throws Exception;
  }

  private Backend(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
  }

  static Backend start(Script script) throws IOException {
    var backend = new Backend(new ServerSocket(0, 500, InetAddress.getLoopbackAddress()), script);
    Thread.ofVirtual().name("backend").start(backend::accept);
    return backend;
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** All connections there ever were. */
  List<Connection> connections() {
    return connections;
  }

  private void accept() {
    try {
      while (true) {
        var connection = new Connection(listener.accept());
        connections.add(connection);
        Thread.ofVirtual().name("backend-connection").start(() -> serve(connection));
      }
    } catch (IOException e) {
      // The listener was closed: the test is over.
    }
  }

  private void serve(Connection connection) {
    try (Socket _ = connection.socket) {
      script.run(connection);
    } catch (Exception e) {
      connection.failure = e;
    } finally {
      connection.over = true;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Connection connection : connections) {
      connection.socket.close();
    }
  }

  /** A request's head. */
  record Request(String line, List<String> headers) {
    /** All values of a header, in any case. */
    List<String> all(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(header -> header.substring(prefix.length()).strip())
          .toList();
    }
  }

  /** One connection. */
  static final class Connection {
    final Socket socket;
    final InputStream in;
    final OutputStream out;
    volatile boolean over;
    volatile Exception failure = new Exception("none");

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    Request request() throws IOException {
      String first = line();
      var headers = new java.util.ArrayList<String>();
      for (String header = line(); !header.isEmpty(); header = line()) {
        headers.add(header);
      }
      return new Request(first, List.copyOf(headers));
    }

    String line() throws IOException {
      var line = new StringBuilder();
      int c = in.read();
      while (c != '\n') {
        if (c < 0) {
          throw new SocketException("the other side closed the connection");
        }
        if (c != '\r') {
          line.append((char) c);
        }
        c = in.read();
      }
      return line.toString();
    }

    /** Reads exactly so many bytes. */
    byte[] bytes(int count) throws IOException {
      return in.readNBytes(count);
    }

    void say(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    void answer(String body) throws IOException {
      say(
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
    }

    /** Waits until the other side closes; what it says before is dropped. */
    void awaitEnd() throws IOException {
      long count = in.transferTo(OutputStream.nullOutputStream());
      assert count >= 0;
    }

    /** Closes with a reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
