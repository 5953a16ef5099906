package io.mooring.agentk.flux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

@Tag("wire-92")
class FluxProperties {
  /** What Kubernetes takes as the name of an object. */
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  @Property(tries = 2000)
  void everyNameIsOneThatKubernetesTakes(@ForAll("names") String repository) {
    assertThat(ObjectNames.secret(repository)).matches(NAME).hasSizeLessThanOrEqualTo(253);
    assertThat(ObjectNames.oldSecret(repository)).matches(NAME).hasSizeLessThanOrEqualTo(253);
    assertThat(ObjectNames.receiver(repository)).matches(NAME).hasSizeLessThanOrEqualTo(63);
  }

  @Property(tries = 2000)
  void aNameIsChangedOnlyWhereItIsTooLong(@ForAll("names") String repository) {
    String whole = "gitlab-" + repository;
    String receiver = ObjectNames.receiver(repository);

    if (whole.length() <= 63) {
      assertThat(receiver).isEqualTo(whole);
    } else {
      assertThat(receiver).hasSize(63).startsWith(whole.substring(0, 61));
      boolean good = Character.isLetterOrDigit(whole.charAt(62));
      if (good) {
        assertThat(receiver).isEqualTo(whole.substring(0, 63));
      } else {
        assertThat(receiver).matches(".*(-x|\\.xx)");
      }
    }
  }

  @Property(tries = 2000)
  void theProjectOfAUrlIsThePathThatItWasMadeFrom(
      @ForAll("projects") String project,
      @ForAll("prefixes") String prefix,
      @ForAll boolean suffix) {
    GitUrl gitlab = GitUrl.parse("https://gitlab.example.com").orElseThrow();

    var url = GitUrl.parse(prefix + "gitlab.example.com/" + project + (suffix ? ".git" : ""));

    assertThat(url.flatMap(parsed -> parsed.projectIn(gitlab))).contains(project);
  }

  @Property(tries = 2000)
  void whateverIsNoUrlIsNoProject(@ForAll String text) {
    GitUrl gitlab = GitUrl.parse("https://gitlab.example.com").orElseThrow();

    assertThat(GitUrl.parse(text).flatMap(parsed -> parsed.projectIn(gitlab))).isEmpty();
  }

  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> label =
        Combinators.combine(
                alphanumeric(1),
                Arbitraries.strings().withChars("abz09-").ofMaxLength(61),
                alphanumeric(1))
            .as((first, middle, last) -> first + middle + last);
    return label
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(labels -> String.join(".", labels))
        .filter(name -> name.length() <= 253);
  }

  private static Arbitrary<String> alphanumeric(int length) {
    return Arbitraries.strings().withChars("abz09").ofLength(length);
  }

  @Provide
  Arbitrary<String> projects() {
    return Arbitraries.strings()
        .withChars("abzABZ019_-")
        .ofMinLength(1)
        .ofMaxLength(20)
        .list()
        .ofMinSize(2)
        .ofMaxSize(5)
        .map(parts -> String.join("/", parts));
  }

  @Provide
  Arbitrary<String> prefixes() {
    return Arbitraries.of("https://", "http://", "ssh://git@", "https://oauth2:t0k@", "HTTPS://");
  }
}
