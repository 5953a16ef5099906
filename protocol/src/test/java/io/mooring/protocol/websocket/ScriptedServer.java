package io.mooring.protocol.websocket;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Runs a script on every connection, each on its own virtual thread. */
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final BlockingQueue<RawConnection.Head> heads = new LinkedBlockingQueue<>();
  private final List<Closeable> open = new CopyOnWriteArrayList<>();

  /** What happens on a connection, which is closed after it. */
  interface Script {
    void run(ScriptedServer server, RawConnection connection) throws IOException;
  }

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Answers every request with the same text. */
  static ScriptedServer answering(String answer) throws IOException {
    return new ScriptedServer((server, connection) -> {
      server.head(connection);
      connection.write(answer);
      connection.ends();
    });
  }

  /** An HTTP proxy that opens a way to wherever it is asked. */
  static ScriptedServer proxy() throws IOException {
    return new ScriptedServer(ScriptedServer::tunnel);
  }

  private static void tunnel(ScriptedServer server, RawConnection connection) throws IOException {
    RawConnection.Head head = server.head(connection);
    int port = Integer.parseInt(head.first().replaceAll(".*:(\\d+) .*", "$1"));
    Socket near = connection.socket();
    try (var far = new Socket(InetAddress.getLoopbackAddress(), port)) {
      server.open.add(far);
      connection.write("HTTP/1.1 200 Connection established\r\nVia: the tests\r\n\r\n");
      Thread.ofVirtual()
          .start(() -> {
            try {
              far.getInputStream().transferTo(near.getOutputStream());
              near.close();
            } catch (IOException e) {
              // One side is gone.
            }
          });
      connection.in().transferTo(far.getOutputStream());
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual()
            .start(() -> {
              try (var connection = new RawConnection(socket)) {
                script.run(this, connection);
              } catch (IOException e) {
                // The other side is gone.
              }
            });
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** Reads the next request and remembers it. */
  RawConnection.Head head(RawConnection connection) throws IOException {
    RawConnection.Head head = connection.head();
    heads.add(head);
    return head;
  }

  /** The next request that came in. */
  RawConnection.Head request() throws InterruptedException {
    RawConnection.Head head = heads.poll(10, TimeUnit.SECONDS);
    if (head == null) {
      throw new AssertionError("no request came in");
    }
    return head;
  }

  boolean wasNeverAsked() {
    return heads.isEmpty();
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
