package io.mooring.allinone;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One address in front of the replicas of kas, as a load balancer is: each connection goes to the
 * next replica that accepts it. The wire can be cut, so that a check can lose a push notice for
 * real.
 *
 * <p>Bytes pass unread. While cut, connections are closed and new ones refused. One virtual thread
 * a direction; {@link #close()} ends them all.
 */
final class Relay implements AutoCloseable {

  private static final int BACKLOG = 256; // a burst of connections waits here, none is refused

  private final ServerSocket listener;
  private final List<Integer> targets;
  private final Connector connector;
  private final AtomicInteger next = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  private Relay(ServerSocket listener, List<Integer> targets, Connector connector) {
    this.listener = listener;
    this.targets = List.copyOf(targets);
    this.connector = connector;
  }

  /** Opens a connection to a port of loopback. */
  private interface Connector {
    Socket connect(int port) throws IOException;
  }

  /** Passes connections on to these ports of loopback in turn. */
  static Relay to(List<Integer> targets) throws IOException {
    return start(targets, port -> new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** The same for clients in clear text of servers that speak TLS. */
  static Relay toTls(List<Integer> targets, SSLContext trust) throws IOException {
    SSLSocketFactory factory = trust.getSocketFactory();
    return start(
        targets,
        port -> {
          SSLSocket socket =
              (SSLSocket) factory.createSocket(InetAddress.getLoopbackAddress(), port);
          SSLParameters parameters = socket.getSSLParameters();
          parameters.setEndpointIdentificationAlgorithm("HTTPS");
          socket.setSSLParameters(parameters);
          return socket;
        });
  }

  private static Relay start(List<Integer> targets, Connector connector) throws IOException {
    Relay relay =
        new Relay(
            new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), targets, connector);
    Thread.ofVirtual().name("relay").start(relay::accept);
    return relay;
  }

  /** Where clients are told kas listens. */
  int port() {
    return listener.getLocalPort();
  }

  void cut() {
    cut = true;
    open.forEach(Relay::drop);
  }

  void mend() {
    cut = false;
  }

  @Override
  public void close() throws IOException {
    cut();
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        join(listener.accept());
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException("the relay cannot accept connections", e);
        }
      }
    }
  }

  private void join(Socket near) throws IOException {
    if (cut) {
      near.close();
      return;
    }
    Thread.ofVirtual().name("relay-out").start(() -> carry(near));
  }

  private void carry(Socket near) {
    try {
      Socket far = connect();
      // Small frames go both ways; waiting for more to send with them would add 40 ms to each turn.
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      open.add(near);
      open.add(far);
      Thread.ofVirtual().name("relay-in").start(() -> pass(far, near));
      pass(near, far);
    } catch (IOException allAreDown) {
      drop(near);
    }
  }

  /** To the next replica that is up. */
  private Socket connect() throws IOException {
    IOException last = new IOException("no replica");
    int first = next.getAndIncrement();
    for (int i = 0; i < targets.size(); i++) {
      try {
        int target = targets.get(Math.floorMod(first + i, targets.size()));
        return connector.connect(target);
      } catch (IOException down) {
        last = down;
      }
    }
    throw last;
  }

  private void pass(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException cutOrClosed) {
      // The other end sees the closed connection, which is all there is to say.
    } finally {
      drop(from);
      drop(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void drop(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close a relayed connection", e);
    }
  }
}
