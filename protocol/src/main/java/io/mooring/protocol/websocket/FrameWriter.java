package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Builds frames: whole messages in one frame each (wire.md 2.7). */
final class FrameWriter {
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int MAX_HEADER_BYTES = 14;

  private final Role role;

  FrameWriter(Role role) {
    this.role = role;
  }

  /**
   * A frame in one buffer. hot: a client has to mask, so it copies once and masks the copy; what it
   * was given may be shared with others.
   *
   * @param payload left as it is
   */
  ByteBuf whole(ByteBufAllocator allocator, int opcode, ByteBuf payload) {
    int length = payload.readableBytes();
    ByteBuf frame = allocator.ioBuffer(MAX_HEADER_BYTES + length);
    int key = header(frame, opcode, length);
    int start = frame.writerIndex();
    frame.writeBytes(payload, payload.readerIndex(), length);
    if (key != 0) {
      Mask.apply(frame, start, length, key);
    }
    return frame;
  }

  /** The header alone, when the payload need not be masked and is written after it uncopied. */
  ByteBuf header(ByteBufAllocator allocator, int opcode, int length) {
    ByteBuf frame = allocator.ioBuffer(MAX_HEADER_BYTES);
    header(frame, opcode, length);
    return frame;
  }

  private int header(ByteBuf frame, int opcode, int length) {
    int mask = role instanceof Role.Client ? MASKED : 0;
    frame.writeByte(FIN | opcode);
    if (length < 126) {
      frame.writeByte(mask | length);
    } else if (length < 1 << 16) {
      frame.writeByte(mask | 126).writeShort(length);
    } else {
      frame.writeByte(mask | 127).writeLong(length);
    }
    return switch (role) {
      case Role.Client client -> {
        int key = client.keys().nextInt();
        frame.writeInt(key);
        yield key;
      }
      case Role.Server ignored -> 0;
    };
  }
}
