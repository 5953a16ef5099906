package io.mooring.gitlab.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The form in which tokens are stored. A plain SHA-256 is enough, because our tokens hold more than
 * 160 random bits; a slow hash is for what people think up. Looking a digest up tells nothing of
 * the token by its timing.
 */
public final class TokenDigest {
  private TokenDigest() {}

  /** Digest of a token's text. */
  public static byte[] of(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
