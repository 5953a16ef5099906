package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;

/**
 * Takes frames apart (RFC 6455 5), in whatever pieces they arrive. Payload is handed on as it
 * comes, so that a frame of 10 MiB never lies in memory as a whole. Not safe for threads: belongs
 * to one event loop.
 */
final class FrameReader {
  /** The most one message may have, on both ends (wire.md 2.3). */
  static final long MAX_MESSAGE_BYTES = 10L * 1024 * 1024;

  /** Two bytes, a length of eight and a key of four. */
  private static final int MAX_HEADER_BYTES = 14;

  private static final int MAX_CONTROL_BYTES = 125;

  private final boolean masked;
  private final FrameSink sink;

  private final byte[] header = new byte[MAX_HEADER_BYTES];
  private int headerBytes;
  private int headerLength = 2;

  private boolean inPayload;
  private int opcode;
  private boolean last;
  private int key;
  private long left;

  private boolean inMessage;
  private long messageBytes;
  private byte[] control = new byte[0];
  private int controlBytes;

  /**
   * Begins a stream of frames.
   *
   * @param masked whether every frame must be masked, as those of a client, or none
   * @param sink what is in them
   */
  FrameReader(boolean masked, FrameSink sink) {
    this.masked = masked;
    this.sink = sink;
  }

  /**
   * Reads all of the buffer; its payload is unmasked in place. The caller still owns it.
   *
   * @throws FrameException when the peer broke a rule; nothing may be read after it
   */
  void read(ByteBuf in) throws FrameException {
    while (in.isReadable()) {
      if (inPayload) {
        payload(in);
      } else {
        header(in);
      }
    }
  }

  private void header(ByteBuf in) throws FrameException {
    int count = Math.min(headerLength - headerBytes, in.readableBytes());
    in.readBytes(header, headerBytes, count);
    headerBytes += count;
    if (headerBytes == 2 && headerLength == 2) {
      headerLength = judge(header[0] & 0xff, header[1] & 0xff);
    }
    if (headerBytes == headerLength) {
      begin();
    }
  }

  /** Checks what the first two bytes say and tells how long the header is. */
  private int judge(int first, int second) throws FrameException {
    opcode = first & 0x0f;
    last = (first & 0x80) != 0;
    int length = second & 0x7f;
    check((first & 0x70) == 0, "reserved bits are set (expected: no extension)");
    check(
        ((second & 0x80) != 0) == masked,
        masked
            ? "frame is not masked (expected: a client masks)"
            : "frame is masked (expected: a server does not mask)");
    switch (opcode) {
      case Opcode.CONTINUATION -> check(inMessage, "continuation of no message");
      case Opcode.BINARY -> check(!inMessage, "message inside a message");
      case Opcode.TEXT ->
          throw new FrameException(
              CloseReason.UNSUPPORTED, "text message (expected: binary messages)");
      case Opcode.CLOSE, Opcode.PING, Opcode.PONG -> {
        check(last, "fragmented control frame");
        check(length <= MAX_CONTROL_BYTES, "control frame of more than 125 bytes");
      }
      default -> check(false, "frame with opcode " + opcode);
    }
    int extended = length == 127 ? 8 : length == 126 ? 2 : 0;
    return 2 + extended + (masked ? 4 : 0);
  }

  private void begin() throws FrameException {
    left = header[1] & 0x7f;
    int at = 2;
    if (left >= 126) {
      int octets = left == 126 ? 2 : 8;
      left = 0;
      for (; at < 2 + octets; at++) {
        left = (left << 8) | (header[at] & 0xff);
      }
    }
    key = 0;
    for (; at < headerLength; at++) {
      key = (key << 8) | (header[at] & 0xff);
    }
    if (Opcode.isControl(opcode)) {
      control = new byte[(int) left];
      controlBytes = 0;
    } else {
      messageBytes = opcode == Opcode.BINARY ? 0 : messageBytes;
      // A length with its highest bit set is negative here.
      if (left < 0 || left > MAX_MESSAGE_BYTES - messageBytes) {
        throw new FrameException(
            CloseReason.TOO_BIG, "message of more than " + MAX_MESSAGE_BYTES + " bytes");
      }
      messageBytes += left;
    }
    inPayload = true;
    if (left == 0) {
      end();
    }
  }

  private void payload(ByteBuf in) throws FrameException {
    int count = (int) Math.min(left, in.readableBytes());
    if (masked) {
      Mask.apply(in, in.readerIndex(), count, key);
      key = Mask.advance(key, count);
    }
    left -= count;
    if (Opcode.isControl(opcode)) {
      in.readBytes(control, controlBytes, count);
      controlBytes += count;
    } else {
      sink.data(in.readRetainedSlice(count));
    }
    if (left == 0) {
      end();
    }
  }

  private void end() throws FrameException {
    inPayload = false;
    headerBytes = 0;
    headerLength = 2;
    switch (opcode) {
      case Opcode.PING -> sink.ping(control);
      case Opcode.CLOSE -> sink.close(CloseReason.decode(control));
      case Opcode.PONG -> {
        // Nobody asked: pings are HTTP/2's here.
      }
      default -> inMessage = !last;
    }
  }

  private static void check(boolean kept, String broken) throws FrameException {
    if (!kept) {
      throw new FrameException(CloseReason.PROTOCOL_ERROR, broken);
    }
  }
}
