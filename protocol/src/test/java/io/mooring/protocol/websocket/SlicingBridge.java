package io.mooring.protocol.websocket;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Joins TCP and WebSocket with code of the tests' own, cutting the bytes as it likes: whole reads,
 * single bytes, fragments with pings in between. One virtual thread a direction.
 */
final class SlicingBridge implements AutoCloseable {
  /** How bytes become messages. */
  enum Cut {
    SINGLE_BYTES(1),
    FRAGMENTS(700),
    LARGE_MESSAGES(64 * 1024);

    private final int most;

    Cut(int most) {
      this.most = most;
    }
  }

  private final ServerSocket listener;
  private final int target;
  private final boolean toWebSocket;
  private final Cut cut;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();

  private SlicingBridge(int target, boolean toWebSocket, Cut cut) throws IOException {
    this.target = target;
    this.toWebSocket = toWebSocket;
    this.cut = cut;
    listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Takes TCP and is a WebSocket client of the target. */
  static SlicingBridge toWebSocket(int target, Cut cut) throws IOException {
    return new SlicingBridge(target, true, cut);
  }

  /** Takes WebSocket and is a TCP client of the target. */
  static SlicingBridge fromWebSocket(int target, Cut cut) throws IOException {
    return new SlicingBridge(target, false, cut);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        near.setTcpNoDelay(true);
        open.add(near);
        open.add(far);
        var web = new RawConnection(toWebSocket ? far : near);
        if (toWebSocket) {
          web.upgrade();
        } else {
          web.accept(web.head(), "Sec-WebSocket-Protocol: ws-tunnel");
        }
        Socket bytes = toWebSocket ? near : far;
        Thread.ofVirtual().start(() -> run(() -> cut(bytes.getInputStream(), web), near, far));
        Thread.ofVirtual().start(() -> run(() -> join(web, bytes.getOutputStream()), near, far));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private interface Transfer {
    void run() throws IOException;
  }

  private static void run(Transfer transfer, Socket near, Socket far) {
    try (near;
        far) {
      transfer.run();
    } catch (IOException e) {
      // One side is gone, and now the other.
    }
  }

  private void cut(InputStream in, RawConnection web) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.getDefault().create(1);
    byte[] buffer = new byte[cut.most];
    boolean inMessage = false;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      boolean fin = cut != Cut.FRAGMENTS || random.nextInt(3) == 0;
      send(web, new RawFrame(fin, inMessage ? 0 : 2, Arrays.copyOf(buffer, count)));
      if (cut == Cut.FRAGMENTS) {
        send(web, new RawFrame(true, 9, new byte[] {1, 2, 3}));
      }
      inMessage = !fin;
    }
  }

  private void send(RawConnection web, RawFrame frame) throws IOException {
    synchronized (web) {
      if (toWebSocket) {
        web.send(frame);
      } else {
        web.sendUnmasked(frame);
      }
    }
  }

  private void join(RawConnection web, OutputStream out) throws IOException {
    while (true) {
      RawFrame frame = web.read();
      switch (frame.opcode()) {
        case 0, 2 -> {
          out.write(frame.payload());
          out.flush();
        }
        case 8 -> {
          send(web, frame);
          return;
        }
        default -> {
          // A pong.
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
