package io.mooring.protocol.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.protocol.jwt.JwtRejectedException.Reason;
import io.mooring.protocol.secret.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.700Z");
  private static final Secret SECRET = Secret.of("0123456789abcdef0123456789abcdef");

  private final JwtVerifier apiServer =
      new JwtVerifier(
          SECRET, Optional.of("gitlab-kas"), Optional.empty(), InstantSource.fixed(NOW));
  private final JwtVerifier privateApi =
      new JwtVerifier(
          SECRET, Optional.of("gitlab-kas"), Optional.of("gitlab-kas"), InstantSource.fixed(NOW));

  @Test
  @Tag("wire-24")
  void signsForGitLabAsTheOriginalDoes() {
    String token = JwtSigner.kasToGitLab(SECRET, InstantSource.fixed(NOW)).token();

    String[] parts = token.split("\\.", -1);
    assertThat(text(parts[0])).isEqualTo("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    JsonObject claims = JsonParser.parseString(text(parts[1])).getAsJsonObject();
    assertThat(claims.get("iss").getAsString()).isEqualTo("gitlab-kas");
    assertThat(claims.get("aud").toString()).isEqualTo("[\"gitlab\"]");
    long issued = claims.get("iat").getAsLong();
    assertThat(issued).isEqualTo(NOW.getEpochSecond());
    assertThat(claims.get("exp").getAsLong() - issued).isEqualTo(30);
    assertThat(issued - claims.get("nbf").getAsLong()).isEqualTo(5);
  }

  @Test
  @Tag("wire-22")
  void acceptsATokenOfGitLabWithAnyIssuer() {
    String token =
        JwtSigner.gitLabToKas(SECRET, "gitlab.example.com", InstantSource.fixed(NOW)).token();

    assertThatCode(() -> apiServer.verify(token)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource(JwtAlgorithm.class)
  @Tag("wire-22")
  void acceptsEachHmacAlgorithmWithASecretOfAnyLength(JwtAlgorithm algorithm) {
    var verifier =
        new JwtVerifier(
            Secret.of("short"),
            Optional.of("gitlab-kas"),
            Optional.empty(),
            InstantSource.fixed(NOW));
    String token =
        token(algorithm.name(), algorithm, Secret.of("short"), "{\"aud\":\"gitlab-kas\"}");

    assertThatCode(() -> verifier.verify(token)).doesNotThrowAnyException();
  }

  @Test
  @Tag("wire-23")
  @Tag("fault-5")
  void refusesAnotherIssuerBetweenReplicas() {
    String foreign =
        JwtSigner.gitLabToKas(SECRET, "gitlab.example.com", InstantSource.fixed(NOW)).token();
    String own = JwtSigner.kasToKas(SECRET, InstantSource.fixed(NOW)).token();

    assertThat(reason(privateApi, foreign)).isEqualTo(Reason.ISSUER);
    assertThatCode(() -> privateApi.verify(own)).doesNotThrowAnyException();
  }

  @Test
  @Tag("wire-22")
  @Tag("fault-5")
  void refusesEachWrongToken() {
    String good = "{\"aud\":[\"a\",\"gitlab-kas\"]}";
    long now = NOW.getEpochSecond();

    assertThat(reason(apiServer, token("HS256", JwtAlgorithm.HS256, Secret.of("another"), good)))
        .isEqualTo(Reason.SIGNATURE);
    assertThat(reason(apiServer, token("none", JwtAlgorithm.HS256, SECRET, good)))
        .isEqualTo(Reason.ALGORITHM);
    assertThat(reason(apiServer, token("RS256", JwtAlgorithm.HS256, SECRET, good)))
        .isEqualTo(Reason.ALGORITHM);
    assertThat(reason(apiServer, token("{\"aud\":\"gitlab\"}"))).isEqualTo(Reason.AUDIENCE);
    assertThat(reason(apiServer, token("{}"))).isEqualTo(Reason.AUDIENCE);
    assertThat(reason(apiServer, token("{\"aud\":\"gitlab-kas\",\"exp\":" + now + "}")))
        .isEqualTo(Reason.EXPIRED);
    assertThat(reason(apiServer, token("{\"aud\":\"gitlab-kas\",\"nbf\":" + (now + 600) + "}")))
        .isEqualTo(Reason.NOT_YET_VALID);
    assertThat(reason(apiServer, token("{\"aud\":\"gitlab-kas\",\"exp\":\"soon\"}")))
        .isEqualTo(Reason.MALFORMED);
    assertThat(reason(apiServer, token(good) + ".x")).isEqualTo(Reason.MALFORMED);
    assertThat(reason(apiServer, "x".repeat(JwtVerifier.MAX_LENGTH + 1)))
        .isEqualTo(Reason.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a.b.c",
        "e30.e30.",
        "e30.e30.e30",
        "=.=.=",
        "bnVsbA.bnVsbA.AA",
        "\u0000.\u20ac.x"
      })
  @Tag("fault-5")
  void refusesWhatIsNoToken(String token) {
    assertThat(catchThrowableOfType(JwtRejectedException.class, () -> apiServer.verify(token)))
        .isNotNull();
  }

  @Test
  void keepsTheTokenOutOfTheError() {
    String token = token("{\"aud\":\"canary\"}");

    assertThat(catchThrowableOfType(JwtRejectedException.class, () -> apiServer.verify(token)))
        .hasMessageNotContaining("canary")
        .hasMessageNotContaining(token);
  }

  private static Reason reason(JwtVerifier verifier, String token) {
    return catchThrowableOfType(JwtRejectedException.class, () -> verifier.verify(token)).reason();
  }

  private static String token(String claims) {
    return token("HS256", JwtAlgorithm.HS256, SECRET, claims);
  }

  private static String token(String named, JwtAlgorithm algorithm, Secret secret, String claims) {
    var encoder = Base64.getUrlEncoder().withoutPadding();
    String signed =
        encoder.encodeToString(("{\"alg\":\"" + named + "\"}").getBytes(UTF_8))
            + "."
            + encoder.encodeToString(claims.getBytes(UTF_8));
    return signed + "." + encoder.encodeToString(algorithm.sign(secret, signed.getBytes(UTF_8)));
  }

  private static String text(String part) {
    return new String(Base64.getUrlDecoder().decode(part), UTF_8);
  }
}
