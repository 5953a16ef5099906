package io.mooring.kas.rpc;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** A client that speaks just enough HTTP/2 to see what the gRPC library keeps to itself. */
final class Http2Probe implements AutoCloseable {
  static final int PING = 6;
  static final int GO_AWAY = 7;
  private static final int SETTINGS = 4;

  private final Socket socket;
  private final DataInputStream in;

  /** A frame: type, flags, payload. */
  record Frame(int type, int flags, String payload) {
    /** Error code of a GOAWAY. */
    int errorCode() {
      return ByteBuffer.wrap(payload.getBytes(StandardCharsets.ISO_8859_1)).getInt(4);
    }

    /** Debug data of a GOAWAY. */
    String debugData() {
      return payload.substring(8);
    }
  }

  Http2Probe(InetSocketAddress address) throws IOException {
    socket = new Socket(address.getAddress(), address.getPort());
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, new byte[0]);
  }

  void ping() throws IOException {
    send(PING, 0, new byte[8]);
  }

  /** The next frame of a type; empty when none comes in this time, or the connection ended. */
  Optional<Frame> await(int type, Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (left <= 0) {
        return Optional.empty();
      }
      socket.setSoTimeout((int) left);
      try {
        Frame frame = read();
        if (frame.type() == SETTINGS && frame.flags() == 0) {
          send(SETTINGS, 1, new byte[0]);
        }
        if (frame.type() == type) {
          return Optional.of(frame);
        }
      } catch (SocketTimeoutException | EOFException e) {
        return Optional.empty();
      }
    }
  }

  private Frame read() throws IOException {
    int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    in.readInt();
    return new Frame(type, flags, new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
  }

  private void send(int type, int flags, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put(new byte[] {0, 0, (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, 0});
    frame.put(payload);
    socket.getOutputStream().write(frame.array());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
