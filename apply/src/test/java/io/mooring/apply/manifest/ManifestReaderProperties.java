package io.mooring.apply.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;

class ManifestReaderProperties {

  @Property
  @Tag("fault-64")
  void anyBytesGiveAReading(@ForAll byte[] content) {
    Reading reading = ManifestReader.read(List.of(new Source("a.yaml", content)));

    assertThat(reading.manifests().size() + reading.errors().size()).isGreaterThanOrEqualTo(0);
  }

  @Property
  @Tag("fault-64")
  void anyTextOfYamlCharactersGivesAReadingWithPlacesInsideTheFile(@ForAll("yamlish") String text) {
    Reading reading =
        ManifestReader.read(List.of(new Source("a.yaml", text.getBytes(StandardCharsets.UTF_8))));

    long lines = text.lines().count() + 1;
    assertThat(reading.errors())
        .allSatisfy(problem -> assertThat(problem.position().line()).isBetween(1, (int) lines + 1));
  }

  @Property
  void whatJsonSaysComesBackFromJsonAndFromYaml(@ForAll("trees") Map<String, Object> tree) {
    Map<String, @org.jspecify.annotations.Nullable Object> object = new LinkedHashMap<>();
    object.put("apiVersion", "v1");
    object.put("kind", "ConfigMap");
    object.put("metadata", Map.of("name", "a"));
    object.put("value", tree);
    byte[] json = Json.write(new JsonObject(object));

    Reading fromJson = ManifestReader.read(List.of(new Source("a.json", json)));
    byte[] flow =
        ("--- " + new String(json, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    Reading fromYaml = ManifestReader.read(List.of(new Source("a.yaml", flow)));

    assertThat(fromJson.manifests().getFirst().content().members()).isEqualTo(object);
    assertThat(fromYaml.errors()).isEmpty();
    assertThat(fromYaml.manifests().getFirst().content().members()).isEqualTo(object);
  }

  @Property
  void cuttingAndJoiningGivesTheFileBack(
      @ForAll @Size(max = 12) List<@net.jqwik.api.From("lines") String> lines) {
    String text = String.join("\n", lines);

    List<DocumentSplitter.Chunk> chunks = DocumentSplitter.split(text);

    StringBuilder joined = new StringBuilder();
    chunks.forEach(chunk -> joined.append(chunk.text()));
    assertThat(joined.toString()).isEqualTo(text);
    int line = 1;
    for (DocumentSplitter.Chunk chunk : chunks) {
      assertThat(chunk.line()).isEqualTo(line);
      line += (int) chunk.text().chars().filter(c -> c == '\n').count();
    }
  }

  @Provide
  Arbitrary<String> lines() {
    return Arbitraries.of(
        "---", "--- a", "----", "a: b", "", " ---", "# c", "%YAML 1.1", "...", "  - x");
  }

  @Provide
  Arbitrary<String> yamlish() {
    return Arbitraries.strings().withChars("{}[]:,-|>&*!%#'\"\n \tab01~<.\\@`?").ofMaxLength(60);
  }

  @Provide
  Arbitrary<Map<String, Object>> trees() {
    Arbitrary<Object> leaf =
        Arbitraries.oneOf(
            Arbitraries.strings()
                .ascii()
                .ofMaxLength(12)
                .filter(text -> text.chars().allMatch(c -> c >= ' ' && c < 127)),
            Arbitraries.of("é", "日本", "😀", "yes", "010", "null", "", "a\nb", "\t"),
            Arbitraries.longs(),
            Arbitraries.of(true, false),
            Arbitraries.doubles()
                .between(-1e6, 1e6)
                .ofScale(3)
                .filter(value -> value != Math.rint(value)));
    Arbitrary<String> keys = Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(6);
    Arbitrary<Object> nested =
        Arbitraries.lazyOf(
            () -> leaf,
            () -> leaf.list().ofMaxSize(3).map(list -> (Object) new ArrayList<>(list)),
            () -> Arbitraries.maps(keys, leaf).ofMaxSize(3).map(map -> (Object) map));
    return Arbitraries.maps(keys, nested).ofMaxSize(5);
  }
}
