package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The masking of what a client sends (RFC 6455 5.3): its own inverse. */
final class Mask {
  private Mask() {}

  /**
   * Masks or unmasks a part of the buffer in place. hot: eight bytes a step; with one byte a step
   * it is most of what a large message costs (benchmark B2 over ws).
   *
   * @param key in network order; its first byte meets the first byte of the part
   */
  static void apply(ByteBuf buffer, int index, int length, int key) {
    if (buffer.isContiguous()) {
      apply(buffer.nioBuffer(index, length).order(ByteOrder.LITTLE_ENDIAN), key);
    } else {
      for (int i = 0; i < length; i++) {
        buffer.setByte(index + i, buffer.getByte(index + i) ^ (key >> (24 - 8 * (i & 3))));
      }
    }
  }

  private static void apply(ByteBuffer part, int key) {
    int length = part.remaining();
    int little = Integer.reverseBytes(key);
    long wide = ((long) little << 32) | (little & 0xffff_ffffL);
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      part.putLong(i, part.getLong(i) ^ wide);
    }
    for (; i < length; i++) {
      part.put(i, (byte) (part.get(i) ^ (little >> (8 * (i & 3)))));
    }
  }

  /** The key for what follows after so many bytes. */
  static int advance(int key, int bytes) {
    return Integer.rotateLeft(key, 8 * (bytes & 3));
  }
}
