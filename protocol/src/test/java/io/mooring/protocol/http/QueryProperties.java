package io.mooring.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.wire.prototool.Values;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QueryProperties {
  @Property
  void decodingWhatWasEncodedGivesTheSame(@ForAll("queries") Map<String, List<String>> given) {
    Map<String, Values> query =
        given.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry -> Values.newBuilder().addAllValue(entry.getValue()).build()));

    assertThat(Query.decode(Query.encode(query))).isEqualTo(query);
  }

  @Property
  void canonicalNamesStayAsTheyAre(@ForAll String name) {
    assertThat(Headers.canonical(Headers.canonical(name))).isEqualTo(Headers.canonical(name));
  }

  @Provide
  Arbitrary<Map<String, List<String>>> queries() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .excludeChars('\ud800')
            .filter(value -> value.chars().noneMatch(c -> Character.isSurrogate((char) c)));
    return Arbitraries.maps(text, text.list().ofMinSize(1).ofMaxSize(3)).ofMaxSize(5);
  }
}
