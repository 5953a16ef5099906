package io.mooring.allinone;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A wire between GitLab and kas that can be cut, so that a check can lose a push notice for real.
 *
 * <p>Bytes pass unread. While cut, connections are closed and new ones refused. One virtual thread
 * a direction; {@link #close()} ends them all.
 */
final class NoticeRelay implements AutoCloseable {

  private static final int BACKLOG = 16;

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  private NoticeRelay(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Passes connections on to this port of loopback. */
  static NoticeRelay to(int target) throws IOException {
    NoticeRelay relay =
        new NoticeRelay(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), target);
    Thread.ofVirtual().name("notice-relay").start(relay::accept);
    return relay;
  }

  /** Where GitLab is told kas listens. */
  int port() {
    return listener.getLocalPort();
  }

  void cut() {
    cut = true;
    open.forEach(NoticeRelay::drop);
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
          throw new UncheckedIOException("the notice relay cannot accept connections", e);
        }
      }
    }
  }

  private void join(Socket near) throws IOException {
    if (cut) {
      near.close();
      return;
    }
    Thread.ofVirtual().name("notice-relay-out").start(() -> carry(near));
  }

  private void carry(Socket near) {
    try {
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(near);
      open.add(far);
      Thread.ofVirtual().name("notice-relay-in").start(() -> pass(far, near));
      pass(near, far);
    } catch (IOException kasIsDown) {
      drop(near);
    }
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
