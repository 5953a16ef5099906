package io.mooring.protocol.jwt;

import static io.mooring.protocol.jwt.GitalyToken.Verdict.ACCEPTED;
import static io.mooring.protocol.jwt.GitalyToken.Verdict.MISSING;
import static io.mooring.protocol.jwt.GitalyToken.Verdict.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.protocol.secret.Secret;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("wire-26")
class GitalyTokenTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final Secret SECRET = Secret.of("gitaly token");

  @Test
  void signsTheTimeWithTheSecret() {
    // HMAC-SHA256 of "1700000000" under "key", computed with openssl dgst.
    assertThat(GitalyToken.header(Secret.of("key"), NOW))
        .isEqualTo(
            "Bearer v2.39ed3598c145f88463b7ba0b3161ab6563208d7c9c28d57603f8e1e1a565fb93.1700000000");
  }

  @Test
  void acceptsWhatItMadeForThirtySecondsEitherWay() {
    String header = GitalyToken.header(SECRET, NOW);

    assertThat(GitalyToken.verify(SECRET, header, NOW.plusSeconds(30))).isEqualTo(ACCEPTED);
    assertThat(GitalyToken.verify(SECRET, header, NOW.minusSeconds(30))).isEqualTo(ACCEPTED);
    assertThat(GitalyToken.verify(SECRET, header, NOW.plusSeconds(31))).isEqualTo(REFUSED);
    assertThat(GitalyToken.verify(SECRET, header, NOW.minusSeconds(31))).isEqualTo(REFUSED);
  }

  @Test
  void tellsAMissingTokenFromAWrongOne() {
    assertThat(GitalyToken.verify(SECRET, "", NOW)).isEqualTo(MISSING);
    assertThat(GitalyToken.verify(SECRET, "Basic abc", NOW)).isEqualTo(MISSING);
    assertThat(GitalyToken.verify(SECRET, "Bearer v1.x.1", NOW)).isEqualTo(REFUSED);
    assertThat(GitalyToken.verify(SECRET, GitalyToken.header(Secret.of("other"), NOW), NOW))
        .isEqualTo(REFUSED);
    assertThat(
            GitalyToken.verify(SECRET, "Bearer v2." + "0".repeat(64) + "." + "9".repeat(18), NOW))
        .isEqualTo(REFUSED);
  }
}
