package io.mooring.agentk.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener on loopback that gives each connection a virtual thread; closing it ends them all. */
final class Sockets implements AutoCloseable {
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  private final ServerSocket listener;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /** What is done with a connection. */
  interface Service {
    void serve(Socket client) throws IOException;
  }

  Sockets(Service service) throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("proxy-listener").start(() -> accept(service));
  }

  int port() {
    return listener.getLocalPort();
  }

  /** A connection to a port of loopback that ends with this listener. */
  Socket connect(int port) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    open.add(socket);
    return socket;
  }

  private void accept(Service service) {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("proxy-connection").start(() -> serve(service, client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void serve(Service service, Socket client) {
    try (client) {
      service.serve(client);
    } catch (IOException e) {
      // One of the two ended it, which the other sees.
    }
  }

  /** Reads a head up to its empty line; nothing behind it. */
  static String head(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    int state = 0;
    while (state < 4) {
      int next = in.read();
      if (next < 0 || head.size() > MAX_HEAD_BYTES) {
        throw new IOException("no whole head");
      }
      head.write(next);
      state = next == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : next == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Carries both directions until one ends. */
  static void splice(Socket one, Socket other) throws IOException {
    try (one;
        other) {
      Thread back = Thread.ofVirtual().start(() -> copy(other, one));
      copy(one, other);
      try {
        back.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Ended.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
