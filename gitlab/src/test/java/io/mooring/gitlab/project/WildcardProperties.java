package io.mooring.gitlab.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WildcardProperties {
  @Property
  void agreesWithTheRegularExpressionOfTheSameMeaning(
      @ForAll("patterns") String pattern, @ForAll("texts") String text) {
    String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q");

    assertThat(Wildcard.matches(pattern, text))
        .isEqualTo(Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches());
  }

  @Example
  void doesNotHangOnManyStars() {
    assertThat(Wildcard.matches("*a".repeat(200) + "b", "a".repeat(20_000))).isFalse();
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("ab/*").ofMaxLength(12);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("ab/").ofMaxLength(16);
  }
}
