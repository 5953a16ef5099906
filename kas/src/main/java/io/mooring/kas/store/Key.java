package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A key of the store, put together from raw bytes (redis-observability.md 1). The store puts its
 * prefix and a colon in front.
 *
 * @param bytes the key without the prefix
 */
public record Key(ByteString bytes) {
  /** A key that begins with this text. */
  public static Key named(String text) {
    return new Key(ByteString.copyFromUtf8(text));
  }

  /** Appends text. */
  public Key text(String text) {
    return new Key(bytes.concat(ByteString.copyFromUtf8(text)));
  }

  /** Appends raw bytes. */
  public Key bytes(byte[] more) {
    return new Key(bytes.concat(ByteString.copyFrom(more)));
  }

  /** Appends the eight bytes of a number, the lowest first. */
  public Key number(long number) {
    return bytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
  }

  /** Appends one byte. */
  public Key octet(int value) {
    return bytes(new byte[] {(byte) value});
  }
}
