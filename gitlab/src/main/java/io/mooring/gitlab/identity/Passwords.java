package io.mooring.gitlab.identity;

import io.mooring.protocol.secret.Secret;
import java.util.Optional;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Hashes passwords with bcrypt and compares them. Thread-safe; every call takes tens of
 * milliseconds of CPU.
 */
public final class Passwords {
  static final int MIN_LENGTH = 8;

  /** bcrypt reads no more bytes than this. */
  static final int MAX_BYTES = 72;

  /** 2^11 rounds: about 100 ms on the machines of 2026. */
  private static final int STRENGTH = 11;

  private final PasswordEncoder encoder = new BCryptPasswordEncoder(STRENGTH);
  private final String nobody = digest(Secret.of("a password that nobody has"));

  /** The form in which a password is stored. */
  public String digest(Secret password) {
    return Optional.ofNullable(encoder.encode(password.text())).orElseThrow();
  }

  /**
   * Whether the password belongs to the digest; an absent one costs the same time and never
   * matches.
   */
  public boolean matches(Secret password, Optional<String> digest) {
    if (password.length() > MAX_BYTES) {
      return false;
    }
    return encoder.matches(password.text(), digest.orElse(nobody)) && digest.isPresent();
  }

  /** What is wrong with a new password. */
  public static Optional<String> problem(Secret password) {
    if (password.text().length() < MIN_LENGTH) {
      return Optional.of("is too short (minimum is " + MIN_LENGTH + " characters)");
    }
    return password.length() > MAX_BYTES
        ? Optional.of("is too long (maximum is " + MAX_BYTES + " bytes)")
        : Optional.empty();
  }
}
