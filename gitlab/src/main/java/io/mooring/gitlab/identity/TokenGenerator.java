package io.mooring.gitlab.identity;

import io.mooring.protocol.secret.Secret;
import java.util.random.RandomGenerator;

/**
 * Makes secrets that nobody can guess out of letters and digits that nobody confuses. Thread-safe.
 */
public final class TokenGenerator {
  /** 60 characters: URL-safe, without l, I, O and 0 (gitlab-side.md 3.2). */
  static final String ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789-_";

  private final RandomGenerator random;

  /** A generator that takes its chance from here, which must be fit for secrets and thread-safe. */
  public TokenGenerator(RandomGenerator random) {
    this.random = random;
  }

  /** A prefix and so many random characters, each worth 5.9 bits. */
  public Secret token(String prefix, int characters) {
    var text = new StringBuilder(prefix);
    for (int i = 0; i < characters; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return Secret.of(text.toString());
  }

  /** So many random bytes. */
  public byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
