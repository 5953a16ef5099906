package io.mooring.gitlab.internalapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GitLabUnderTest.class)
@Tag("wire-24")
@Tag("fault-5")
class KasTokenTest {
  private static final String PATH = "/api/v4/internal/kubernetes/usage_metrics";

  @Test
  void acceptsWhatKasSigns(Running gitlab) {
    assertThat(status(gitlab, JwtSigner.kasToGitLab(gitlab.kasSecret(), clock()).token()))
        .isEqualTo(204);
  }

  @Test
  void acceptsATokenWithoutTimesAndWithATextForItsAudience(Running gitlab) throws Exception {
    assertThat(status(gitlab, sign(gitlab, "HS256", "{\"iss\":\"gitlab-kas\",\"aud\":\"gitlab\"}")))
        .isEqualTo(204);
  }

  @Test
  void refusesAnotherIssuer(Running gitlab) {
    assertRefused(
        gitlab,
        new JwtSigner(
                gitlab.kasSecret(),
                "gitlab-shell",
                List.of("gitlab"),
                Duration.ofSeconds(30),
                clock())
            .token());
  }

  @Test
  void refusesAnotherSecret(Running gitlab) {
    assertRefused(gitlab, JwtSigner.kasToGitLab(Secret.of(new byte[32]), clock()).token());
  }

  @Test
  void refusesAnExpiredOneAndOneOfTheFutureWithoutLeeway(Running gitlab) {
    Instant now = Instant.now();

    assertRefused(
        gitlab,
        JwtSigner.kasToGitLab(gitlab.kasSecret(), InstantSource.fixed(now.minusSeconds(31)))
            .token());
    assertRefused(
        gitlab,
        JwtSigner.kasToGitLab(gitlab.kasSecret(), InstantSource.fixed(now.plusSeconds(60)))
            .token());
  }

  @Test
  void refusesEveryAlgorithmButHs256(Running gitlab) throws Exception {
    String claims = "{\"iss\":\"gitlab-kas\"}";

    assertThat(status(gitlab, sign(gitlab, "HS256", claims))).isEqualTo(204);
    assertRefused(gitlab, sign(gitlab, "HS512", claims));
    assertRefused(gitlab, sign(gitlab, "HS384", claims));
    assertRefused(gitlab, encode("{\"alg\":\"none\"}") + "." + encode(claims) + ".");
  }

  @Test
  void refusesGarbage(Running gitlab) {
    for (String token : List.of("", "a", "a.b.c", "..", "Bearer x", "x".repeat(9000))) {
      assertRefused(gitlab, token);
    }
  }

  private static void assertRefused(Running gitlab, String token) {
    Api.Answer answer = call(gitlab, token);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEqualTo("{\"message\":\"KAS JWT authentication invalid\"}");
  }

  private static int status(Running gitlab, String token) {
    return call(gitlab, token).status();
  }

  private static Api.Answer call(Running gitlab, String token) {
    return gitlab.anonymous().with("Gitlab-Kas-Api-Request", token).post(PATH, "{}");
  }

  private static String sign(Running gitlab, String algorithm, String claims)
      throws GeneralSecurityException {
    String signed =
        encode("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}") + "." + encode(claims);
    String name = algorithm.replace("HS", "HmacSHA");
    Mac mac = Mac.getInstance(name);
    mac.init(new SecretKeySpec(gitlab.kasSecret().bytes(), name));
    return signed
        + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static InstantSource clock() {
    return InstantSource.system();
  }
}
