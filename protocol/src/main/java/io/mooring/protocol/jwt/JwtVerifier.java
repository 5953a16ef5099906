package io.mooring.protocol.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.mooring.protocol.jwt.JwtRejectedException.Reason;
import io.mooring.protocol.secret.Secret;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks tokens signed with HS256, HS384 or HS512. The signature is checked before any claim is
 * read. {@code exp} and {@code nbf} are checked when present, without leeway; neither is mandatory
 * (wire.md 3.2).
 */
public final class JwtVerifier {
  /** Tokens between our programs have under 300 characters; a longer one is not worth parsing. */
  public static final int MAX_LENGTH = 8 * 1024;

  private final Secret secret;
  private final Optional<String> audience;
  private final Optional<String> issuer;
  private final InstantSource clock;

  /**
   * A verifier for one kind of token.
   *
   * @param secret shared with the sender, not empty
   * @param audience must be among {@code aud}; empty accepts any or none
   * @param issuer must equal {@code iss}; empty accepts any or none
   * @param clock gives the time at which a token must be valid
   */
  public JwtVerifier(
      Secret secret, Optional<String> audience, Optional<String> issuer, InstantSource clock) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("the secret to check tokens with is empty");
    }
    this.secret = secret;
    this.audience = audience;
    this.issuer = issuer;
    this.clock = clock;
  }

  /**
   * Accepts a token by returning.
   *
   * @param token three base64url parts with dots between, without any scheme in front
   * @throws JwtRejectedException with the first reason found
   */
  public void verify(String token) throws JwtRejectedException {
    if (token.length() > MAX_LENGTH) {
      throw new JwtRejectedException(Reason.MALFORMED);
    }
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new JwtRejectedException(Reason.MALFORMED);
    }
    JwtAlgorithm algorithm =
        text(object(parts[0]).get("alg"))
            .flatMap(JwtAlgorithm::named)
            .orElseThrow(() -> new JwtRejectedException(Reason.ALGORITHM));
    byte[] expected = algorithm.sign(secret, (parts[0] + "." + parts[1]).getBytes(US_ASCII));
    if (!MessageDigest.isEqual(expected, decode(parts[2]))) {
      throw new JwtRejectedException(Reason.SIGNATURE);
    }
    check(object(parts[1]));
  }

  private void check(JsonObject claims) throws JwtRejectedException {
    double now = clock.millis() / 1000.0;
    Optional<Double> expires = time(claims.get("exp"));
    if (expires.isPresent() && now >= expires.get()) {
      throw new JwtRejectedException(Reason.EXPIRED);
    }
    Optional<Double> begins = time(claims.get("nbf"));
    if (begins.isPresent() && now < begins.get()) {
      throw new JwtRejectedException(Reason.NOT_YET_VALID);
    }
    if (audience.isPresent() && !names(claims.get("aud"), audience.get())) {
      throw new JwtRejectedException(Reason.AUDIENCE);
    }
    if (issuer.isPresent() && !issuer.equals(text(claims.get("iss")))) {
      throw new JwtRejectedException(Reason.ISSUER);
    }
  }

  private static boolean names(@Nullable JsonElement claim, String audience) {
    if (claim != null && claim.isJsonArray()) {
      for (JsonElement element : claim.getAsJsonArray()) {
        if (text(element).equals(Optional.of(audience))) {
          return true;
        }
      }
      return false;
    }
    return text(claim).equals(Optional.of(audience));
  }

  private static Optional<Double> time(@Nullable JsonElement claim) throws JwtRejectedException {
    if (claim == null || claim.isJsonNull()) {
      return Optional.empty();
    }
    if (claim.isJsonPrimitive() && claim.getAsJsonPrimitive().isNumber()) {
      double seconds = claim.getAsDouble();
      if (Double.isFinite(seconds)) {
        return Optional.of(seconds);
      }
    }
    throw new JwtRejectedException(Reason.MALFORMED);
  }

  private static Optional<String> text(@Nullable JsonElement claim) {
    return claim != null && claim.isJsonPrimitive() && claim.getAsJsonPrimitive().isString()
        ? Optional.of(claim.getAsString())
        : Optional.empty();
  }

  private static JsonObject object(String part) throws JwtRejectedException {
    try {
      JsonElement element = JsonParser.parseString(new String(decode(part), UTF_8));
      if (element.isJsonObject()) {
        return element.getAsJsonObject();
      }
    } catch (JsonParseException | NumberFormatException e) {
      throw new JwtRejectedException(Reason.MALFORMED);
    }
    throw new JwtRejectedException(Reason.MALFORMED);
  }

  private static byte[] decode(String part) throws JwtRejectedException {
    try {
      return Base64.getUrlDecoder().decode(part);
    } catch (IllegalArgumentException e) {
      throw new JwtRejectedException(Reason.MALFORMED);
    }
  }
}
