package io.mooring.protocol.jwt;

import io.mooring.protocol.secret.Secret;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The algorithms a token may be signed with; constants are named as in the token's header (RFC 7518
 * 3.1).
 */
enum JwtAlgorithm {
  HS256("HmacSHA256"),
  HS384("HmacSHA384"),
  HS512("HmacSHA512");

  private final String mac;

  JwtAlgorithm(String mac) {
    this.mac = mac;
  }

  static Optional<JwtAlgorithm> named(String name) {
    for (JwtAlgorithm algorithm : values()) {
      if (algorithm.name().equals(name)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  byte[] sign(Secret secret, byte[] message) {
    try {
      Mac mac = Mac.getInstance(this.mac);
      mac.init(new SecretKeySpec(secret.bytes(), this.mac));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      // Every Java runtime has these three, and any non-empty key fits them.
      throw new IllegalStateException("cannot compute " + this.mac, e);
    }
  }
}
