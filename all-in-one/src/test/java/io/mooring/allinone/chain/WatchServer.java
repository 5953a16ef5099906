package io.mooring.allinone.chain;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An API server that knows watches only: one event, and then silence. */
final class WatchServer implements AutoCloseable {
  private static final String EVENT = "{\"type\":\"ADDED\",\"object\":{}}\n";
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
          + Integer.toHexString(EVENT.length())
          + "\r\n"
          + EVENT
          + "\r\n";

  /** For what the agent itself asks. */
  private static final String NOTHING =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  WatchServer() throws IOException {
    listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("watch-listener").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Watches that go on. */
  int open() {
    return open.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.ofVirtual().name("watch").start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      boolean watch = Endpoint.line(in).contains("watch=true");
      while (!Endpoint.line(in).isEmpty()) {
        // The headers say nothing of interest.
      }
      if (!watch) {
        client.getOutputStream().write(NOTHING.getBytes(StandardCharsets.US_ASCII));
        return;
      }
      open.add(client);
      client.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
      // Nothing comes any more; this is the end of the watch.
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The watcher left.
    } finally {
      open.remove(client);
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
