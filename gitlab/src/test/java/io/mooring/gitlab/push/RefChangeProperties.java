package io.mooring.gitlab.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RefChangeProperties {
  @Property
  void readsWhatGitalyWrites(@ForAll("changes") List<RefChange> changes) {
    String lines =
        changes.stream()
            .map(change -> change.before() + " " + change.after() + " " + change.ref() + "\n")
            .collect(Collectors.joining());

    assertThat(RefChange.parse(lines)).contains(changes);
  }

  @Property
  void anythingIsAListOrNothing(@ForAll String text) {
    RefChange.parse(text)
        .ifPresent(changes ->
            assertThat(changes).allSatisfy(change -> assertThat(change.ref()).startsWith("refs/")));
  }

  @Provide
  Arbitrary<List<RefChange>> changes() {
    Arbitrary<String> ids =
        Arbitraries.oneOf(
            Arbitraries.just("0".repeat(40)),
            Arbitraries.strings().withChars("0123456789abcdef").ofLength(40));
    Arbitrary<String> refs =
        Arbitraries.strings()
            .ofMinLength(1)
            .ofMaxLength(30)
            .excludeChars(' ', '\0', '\r', '\n', '\u0085', '\u2028', '\u2029')
            .map(name -> "refs/heads/" + name);
    return Combinators.combine(ids, ids, refs).as(RefChange::new).list().ofMaxSize(5);
  }
}
