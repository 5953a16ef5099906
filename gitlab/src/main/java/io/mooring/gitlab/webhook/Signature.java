package io.mooring.gitlab.webhook;

import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.protocol.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature of a delivery, as the Standard Webhooks specification has it: HMAC-SHA256 over id,
 * time and body, so that neither an old delivery nor another body passes.
 */
final class Signature {
  private static final String PREFIX = "whsec_";
  private static final int KEY_BYTES = 32;

  private Signature() {}

  /** A new secret, in the form that receivers' libraries take. */
  static Secret newSecret(TokenGenerator generator) {
    return Secret.of(PREFIX + Base64.getEncoder().encodeToString(generator.bytes(KEY_BYTES)));
  }

  /** The value of {@code webhook-signature}. {@code timestamp} is in seconds since 1970. */
  static String of(Secret secret, String id, long timestamp, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              Base64.getDecoder().decode(secret.text().substring(PREFIX.length())), "HmacSHA256"));
      byte[] sum =
          mac.doFinal((id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(sum);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }
}
