package io.mooring.gitlab.identity;

import io.mooring.protocol.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens that prove a request was made by a page of ours, in the form of Rails (gitlab-side.md
 * 2.5): base64 of a one-time pad and of the token XOR that pad, so that no two pages show the same
 * text.
 */
public final class CsrfTokens {
  private static final int LENGTH = 32;

  /** A masked token has 88 characters. */
  private static final int MAX_CHARACTERS = 128;

  private static final String GLOBAL = "!real_csrf_token";

  private CsrfTokens() {}

  /** A token for a page of this session. */
  public static String masked(Session session, TokenGenerator generator) {
    byte[] pad = generator.bytes(LENGTH);
    byte[] token = global(session.csrfSecret());
    byte[] both = new byte[2 * LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      both[i] = pad[i];
      both[LENGTH + i] = (byte) (pad[i] ^ token[i]);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(both);
  }

  /**
   * Whether a token belongs to this session. Takes the same time for every wrong one of a length.
   */
  public static boolean verify(Session session, String token) {
    byte[] bytes = decode(token).orElseGet(() -> new byte[0]);
    byte[] secret = session.csrfSecret().bytes();
    if (bytes.length == LENGTH) {
      return MessageDigest.isEqual(secret, bytes);
    }
    if (bytes.length != 2 * LENGTH) {
      return false;
    }
    byte[] unmasked = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      unmasked[i] = (byte) (bytes[i] ^ bytes[LENGTH + i]);
    }
    boolean isGlobal = MessageDigest.isEqual(global(session.csrfSecret()), unmasked);
    boolean isSecret = MessageDigest.isEqual(secret, unmasked);
    return isGlobal || isSecret;
  }

  private static byte[] global(Secret secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA256"));
      return mac.doFinal(GLOBAL.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static Optional<byte[]> decode(String token) {
    if (token.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    String standard = token.replace('-', '+').replace('_', '/');
    try {
      return Optional.of(Base64.getDecoder().decode(standard));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
