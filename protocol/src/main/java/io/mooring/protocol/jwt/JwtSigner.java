package io.mooring.protocol.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.mooring.protocol.secret.Secret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

/**
 * Makes tokens signed with HS256. Header {@code {"alg":"HS256","typ":"JWT"}}; {@code aud} is an
 * array; times are whole seconds; {@code iat} is now and {@code nbf} lies {@link #BACKDATE} before
 * it.
 */
public final class JwtSigner {
  /** How far {@code nbf} lies in the past, for receivers whose clock is behind (wire.md 3.3). */
  public static final Duration BACKDATE = Duration.ofSeconds(5);

  private static final String HEADER =
      encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8));

  private final Secret secret;
  private final String issuer;
  private final List<String> audience;
  private final Duration validity;
  private final InstantSource clock;

  /**
   * A signer for one kind of token.
   *
   * @param secret shared with the receiver, not empty
   * @param issuer value of {@code iss}
   * @param audience values of {@code aud}; empty leaves the claim out
   * @param validity {@code exp} minus {@code iat}
   * @param clock gives the time of each token
   */
  public JwtSigner(
      Secret secret, String issuer, List<String> audience, Duration validity, InstantSource clock) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("the secret to sign tokens with is empty");
    }
    this.secret = secret;
    this.issuer = issuer;
    this.audience = List.copyOf(audience);
    this.validity = validity;
    this.clock = clock;
  }

  /** For kas calling another kas: issuer and audience {@code gitlab-kas}, 5 s (wire.md 3.3). */
  public static JwtSigner kasToKas(Secret secret, InstantSource clock) {
    return new JwtSigner(secret, "gitlab-kas", List.of("gitlab-kas"), Duration.ofSeconds(5), clock);
  }

  /**
   * For kas calling GitLab: issuer {@code gitlab-kas}, audience {@code gitlab}, 30 s (wire.md 3.4).
   */
  public static JwtSigner kasToGitLab(Secret secret, InstantSource clock) {
    return new JwtSigner(secret, "gitlab-kas", List.of("gitlab"), Duration.ofSeconds(30), clock);
  }

  /**
   * For GitLab calling kas: issuer is GitLab's host name, audience {@code gitlab-kas}, 5 s (wire.md
   * 3.2).
   */
  public static JwtSigner gitLabToKas(Secret secret, String host, InstantSource clock) {
    return new JwtSigner(secret, host, List.of("gitlab-kas"), Duration.ofSeconds(5), clock);
  }

  /**
   * For Gitaly calling GitLab: issuer {@code gitlab-shell}, no audience, 1 min (gitlab-side.md
   * 7.1).
   */
  public static JwtSigner gitalyToGitLab(Secret secret, InstantSource clock) {
    return new JwtSigner(secret, "gitlab-shell", List.of(), Duration.ofMinutes(1), clock);
  }

  /** A token that is valid from now on. */
  public String token() {
    long now = clock.instant().getEpochSecond();
    var claims = new JsonObject();
    claims.addProperty("iss", issuer);
    if (!audience.isEmpty()) {
      var array = new JsonArray();
      audience.forEach(array::add);
      claims.add("aud", array);
    }
    claims.addProperty("exp", now + validity.toSeconds());
    claims.addProperty("nbf", now - BACKDATE.toSeconds());
    claims.addProperty("iat", now);
    String signed = HEADER + "." + encode(claims.toString().getBytes(UTF_8));
    return signed + "." + encode(JwtAlgorithm.HS256.sign(secret, signed.getBytes(US_ASCII)));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
