package io.mooring.kas.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

class GlobProperties {
  @Property(tries = 2000)
  @Tag("fault-64")
  void anythingIsAGlobOrRefused(@ForAll("soup") String text, @ForAll("soup") String path) {
    try {
      Glob.parse(text).matches(path);
    } catch (BadGlobException e) {
      assertThat(e).hasMessageContaining("syntax error in glob");
    }
  }

  @Property(tries = 1000)
  void aPathWithoutSpecialCharactersMatchesItselfOnly(
      @ForAll("plain") String path, @ForAll("plain") String other) throws BadGlobException {
    Glob glob = Glob.parse(path);

    assertThat(glob.matches(path)).isTrue();
    assertThat(glob.matches(other)).isEqualTo(path.equals(other));
  }

  @Property(tries = 1000)
  void agreesWithTheSameRegularExpression(
      @ForAll("parts") String glob, @ForAll("plain") String path) throws BadGlobException {
    Assume.that(!glob.equals("**"));
    String regex = "";
    for (String part : glob.split("(?<=.)", -1)) {
      regex += part.equals("*") ? "[^/]*" : part.equals("?") ? "[^/]" : Pattern.quote(part);
    }

    assertThat(Glob.parse(glob).matches(path)).isEqualTo(Pattern.matches(regex, path));
  }

  @Property(tries = 1000)
  void whatMatchesIsInTheListedPartOfTheTree(
      @ForAll("soup") String text, @ForAll("plain") String path) {
    try {
      Glob glob = Glob.parse(text);
      if (glob.matches(path) && !glob.scope().recursive()) {
        String directory = path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : ".";
        assertThat(glob.scope().path()).isEqualTo(directory);
      }
    } catch (BadGlobException e) {
      assertThat(e).hasMessageContaining("expected: ");
    }
  }

  @Provide
  Arbitrary<String> soup() {
    return Arbitraries.strings().withChars("ab/*?[]{},!^-\\.\u00fc\uD83D").ofMaxLength(24);
  }

  @Provide
  Arbitrary<String> plain() {
    return Arbitraries.strings()
        .withChars("ab/.")
        .ofMinLength(1)
        .ofMaxLength(10)
        .filter(path -> path.matches("[ab.]+(/[ab.]+)*"));
  }

  @Provide
  Arbitrary<String> parts() {
    return Arbitraries.strings().withChars("ab.*?").ofMinLength(1).ofMaxLength(8);
  }
}
