package io.mooring.protocol.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Bytes that must never be shown. {@link #toString()} is {@code ***}, so that a secret in a log
 * field, a record or an error text stays hidden; comparison takes the same time wherever two
 * secrets differ.
 */
public final class Secret {
  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A secret of these bytes, which are copied. */
  public static Secret of(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  /** A secret of this text in UTF-8. */
  public static Secret of(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of the bytes. The caller keeps them out of every output. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The bytes as UTF-8 text. The caller keeps it out of every output. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** Whether there is not a single byte. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
  }

  /** The length only: a hash of the content would be a hint to it. */
  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "***";
  }
}
