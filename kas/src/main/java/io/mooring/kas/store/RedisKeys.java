package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/** Puts the configured prefix in front of keys. */
record RedisKeys(ByteString prefix) {
  RedisKeys(String prefix) {
    this(ByteString.copyFromUtf8(prefix + ":"));
  }

  byte[] raw(Key key) {
    return prefix.concat(key.bytes()).toByteArray();
  }

  static byte[] text(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
