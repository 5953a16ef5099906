package io.mooring.protocol.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mooring.protocol.secret.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;

@Tag("fault-64")
class JwtProperties {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));
  private static final Secret SECRET = Secret.of("secret");
  private final JwtVerifier verifier =
      new JwtVerifier(SECRET, Optional.empty(), Optional.empty(), CLOCK);

  @Property
  void anyTextIsAcceptedOrRejected(@ForAll String token) {
    Throwable thrown = catchThrowable(() -> verifier.verify(token));

    assertThat(thrown).isInstanceOf(JwtRejectedException.class);
  }

  @Property
  void everyTokenMadeIsAcceptedByWhoSharesTheSecret(@ForAll @NotEmpty byte[] secret)
      throws Exception {
    String token = JwtSigner.kasToKas(Secret.of(secret), CLOCK).token();

    new JwtVerifier(Secret.of(secret), Optional.of("gitlab-kas"), Optional.of("gitlab-kas"), CLOCK)
        .verify(token);
  }

  @Property
  void oneChangedCharacterIsNoticed(
      @ForAll @IntRange(min = 0, max = 40) int from, @ForAll char replacement) {
    String token = JwtSigner.kasToKas(SECRET, CLOCK).token();
    int at = token.indexOf('.') + 1 + from;
    String changed = token.substring(0, at) + replacement + token.substring(at + 1);

    Throwable thrown = catchThrowable(() -> verifier.verify(changed));

    assertThat(thrown == null).isEqualTo(changed.equals(token));
  }
}
