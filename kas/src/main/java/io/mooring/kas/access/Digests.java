package io.mooring.kas.access;

import io.mooring.protocol.secret.Secret;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** What stands for a secret where the secret itself must not be. */
final class Digests {
  private Digests() {}

  /** A hash that tells nothing of the secret and spreads well. */
  static int hash(Secret secret) {
    return ByteBuffer.wrap(sha256(secret.bytes())).getInt();
  }

  /** The first half of the bytes, rounded down (redis-observability.md 1). */
  static byte[] firstHalf(Secret secret) {
    byte[] bytes = secret.bytes();
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256, which every Java must have", e);
    }
  }
}
