package io.mooring.gitlab.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.protocol.secret.Secret;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TokenProperties {
  @Property
  void aTokenHasItsPrefixItsLengthAndItsAlphabet(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 60) int length) {
    String token = new TokenGenerator(new Random(seed)).token("glagent-", length).text();

    assertThat(token).hasSize(8 + length).startsWith("glagent-");
    assertThat(token.substring(8).chars()).allMatch(c -> TokenGenerator.ALPHABET.indexOf(c) >= 0);
  }

  @Property(tries = 200)
  void aMaskedTokenBelongsToItsSessionAndToNoOther(
      @ForAll @Size(32) byte[] secret, @ForAll @Size(32) byte[] other, @ForAll long seed) {
    Session session = new Session("a", Optional.empty(), Secret.of(secret));
    Session foreign = new Session("b", Optional.empty(), Secret.of(other));
    var generator = new TokenGenerator(new Random(seed));

    String token = CsrfTokens.masked(session, generator);

    assertThat(CsrfTokens.verify(session, token)).isTrue();
    assertThat(CsrfTokens.verify(foreign, token))
        .isEqualTo(session.csrfSecret().equals(foreign.csrfSecret()));
    assertThat(CsrfTokens.masked(session, generator)).isNotEqualTo(token);
  }

  @Property
  void noOtherTextIsACsrfToken(@ForAll String text) {
    Session session = new Session("a", Optional.empty(), Secret.of(new byte[] {1, 2, 3}));

    assertThat(CsrfTokens.verify(session, text)).isFalse();
  }

  @Property(tries = 200)
  void aCookieTellsTheSessionItWasMadeFor(@ForAll("publicIds") String publicId, @ForAll long seed) {
    var cookie = new KasCookie(Secret.of("key base"), new TokenGenerator(new Random(seed)));
    var foreign = new KasCookie(Secret.of("another"), new TokenGenerator(new Random(seed)));

    String value = cookie.value(Secret.of(publicId));

    assertThat(cookie.publicId(value)).contains(publicId);
    assertThat(foreign.publicId(value)).isEmpty();
  }

  @Property(tries = 300)
  void aCookieThatWasChangedTellsNothingNew(@ForAll long seed, @ForAll @IntRange(min = 0) int at) {
    var cookie = new KasCookie(Secret.of("key base"), new TokenGenerator(new Random(seed)));
    String value = cookie.value(Secret.of("0123456789abcdef"));
    int index = at % value.length();
    char changed = value.charAt(index) == 'A' ? 'B' : 'A';

    String broken = value.substring(0, index) + changed + value.substring(index + 1);

    // The last letter before the padding holds bits that belong to no byte: changing them changes
    // nothing.
    assertThat(cookie.publicId(broken)).isIn(Optional.empty(), cookie.publicId(value));
  }

  @Property
  void noOtherTextIsACookie(@ForAll String text) {
    var cookie = new KasCookie(Secret.of("key base"), new TokenGenerator(new Random(1)));

    assertThat(cookie.publicId(text)).isEmpty();
    assertThat(cookie.publicId(text + "--" + text + "--" + text)).isEmpty();
  }

  @Provide
  Arbitrary<String> publicIds() {
    return Arbitraries.strings()
        .ofMinLength(1)
        .ofMaxLength(64)
        .filter(text -> !text.contains("\0"));
  }
}
