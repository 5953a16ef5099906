package io.mooring.apply.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.mooring.apply.object.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {

  private static Reading read(String text) {
    return ManifestReader.read(List.of(source("a.yaml", text)));
  }

  private static Source source(String path, String text) {
    return new Source(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String configMap(String name, String more) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: %s
    %s\
    """
        .formatted(name, more);
  }

  @Test
  void readsSeveralDocumentsWithTheirPlaces() {
    Reading reading =
        read(
            """
            # two documents
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---

            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              namespace: shop
            """);

    assertThat(reading.errors()).isEmpty();
    assertThat(reading.manifests())
        .extracting(Manifest::ref)
        .containsExactly(
            new ObjectRef("", "Namespace", "", "shop"),
            new ObjectRef("apps", "Deployment", "shop", "web"));
    assertThat(reading.manifests())
        .extracting(manifest -> manifest.position().toString())
        .containsExactly("a.yaml:2:1", "a.yaml:7:1");
    assertThat(reading.manifests().get(1).version()).isEqualTo("v1");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "yes | true",
        "NO | false",
        "on | true",
        "y | true",
        "True | true",
        "~ | null",
        "Null | null",
        "010 | 8",
        "0o17 | 15",
        "0x1F | 31",
        "0b101 | 5",
        "1_000 | 1000",
        "-12 | -12",
        "+12 | 12",
        "08 | 8",
        "1.5 | 1.5",
        "1.0 | 1",
        "1e3 | 1000",
        ".5 | 0.5",
        "18446744073709551615 | 18446744073709551615",
        "22:22 | `22:22`",
        "2001-01-01 | `2001-01-01`",
        "1.2.3 | `1.2.3`",
        "500m | `500m`",
        "'yes' | `yes`",
        "\"010\" | `010`",
        "0x | `0x`",
        "- 1 | [1]",
        "!!str 12 | `12`",
        "!!float 3 | 3",
        "1__0 | 10"
      })
  void readsPlainWordsAsGoDoes(String word, String json) {
    Reading reading =
        read(
            configMap(
                "a",
                "value: " + (word.startsWith("-") && word.contains(" ") ? "\n" + word : word)));

    assertThat(reading.errors()).isEmpty();
    Object value = reading.manifests().getFirst().content().members().get("value");
    String expected = json.startsWith("`") ? json.substring(1, json.length() - 1) : json;
    assertThat(String.valueOf(value)).isEqualTo(expected);
  }

  @Test
  void readsKeysThatAreNotTextsAsJsonWritesThem() {
    Reading reading = read(configMap("a", "data: {1: a, yes: b, 1.5: c}"));

    assertThat(reading.manifests().getFirst().content().texts("data"))
        .isEqualTo(Map.of("1", "a", "true", "b", "1.5", "c"));
  }

  @Test
  void mergesMapsAndLetsTheMapsOwnKeysWin() {
    Reading reading =
        read(configMap("a", "base: &base {x: \"1\", y1: \"2\"}\ndata:\n  x: own\n  <<: *base\n"));

    assertThat(reading.errors()).isEmpty();
    assertThat(reading.manifests().getFirst().content().texts("data"))
        .isEqualTo(Map.of("x", "own", "y1", "2"));
  }

  @Test
  void flattensListsAndTypedListsAndListsInLists() {
    Reading reading =
        read(
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: ConfigMap
              metadata: {name: one}
            - apiVersion: v1
              kind: ConfigMapList
              items:
              - metadata: {name: two}
              - metadata: {name: three}
            """);

    assertThat(reading.errors()).isEmpty();
    assertThat(reading.manifests())
        .extracting(manifest -> manifest.ref().name())
        .containsExactly("one", "two", "three");
    assertThat(reading.manifests())
        .extracting(manifest -> manifest.position().line())
        .containsExactly(4, 10, 11);
    assertThat(reading.manifests().get(2).apiVersion()).isEqualTo("v1");
  }

  @Test
  void takesAKindThatEndsInListButHasNoItemsForAnObject() {
    Reading reading = read("apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {}\n");

    assertThat(reading.manifests())
        .extracting(manifest -> manifest.ref().kind())
        .containsExactly("AllowList");
  }

  @Test
  void readsJsonAndJsonObjectsInARow() {
    Reading reading =
        read(
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"n\":1.0}\n"
                + "\t{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"b\"}}");

    assertThat(reading.errors()).isEmpty();
    assertThat(reading.manifests())
        .extracting(manifest -> manifest.position().toString())
        .containsExactly("a.yaml:1:1", "a.yaml:2:2");
    assertThat(reading.manifests().getFirst().content().number("n")).hasValue(1);
  }

  @Test
  void readsAFlowMapOfYamlThatLooksLikeJson() {
    Reading reading = read("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");

    assertThat(reading.errors()).isEmpty();
    assertThat(reading.manifests()).hasSize(1);
  }

  @Test
  void namesThePlaceInsideJson() {
    Reading reading =
        read(
            "{\"apiVersion\":\"v1\",\n \"kind\":\"ConfigMap\",\n \"metadata\":{\"name\":\"a\",\"labels\":{\"b\":true}}}");

    assertThat(reading.errors())
        .extracting(Problem::toString)
        .containsExactly(
            "a.yaml:3:39: metadata.labels.b: true (expected: a text in quotes: \"true\")");
  }

  @Test
  @Tag("fault-52")
  void readsTheOtherDocumentsWhenOneIsBroken() {
    Reading reading =
        ManifestReader.read(
            List.of(
                source("bad.yaml", configMap("a", "") + "---\nkind: [\n---\n" + configMap("b", "")),
                source("good.yaml", configMap("c", ""))));

    assertThat(reading.manifests())
        .extracting(manifest -> manifest.ref().name())
        .containsExactly("a", "b", "c");
    assertThat(reading.errors())
        .singleElement()
        .satisfies(problem -> assertThat(problem.position().file()).isEqualTo("bad.yaml"))
        .satisfies(problem -> assertThat(problem.position().line()).isBetween(6, 8));
  }

  @Test
  void saysWhatIsMissingAndWhere() {
    Reading reading =
        read("---\nkind: ConfigMap\nmetadata:\n  namespace: Shop_1\n  labels:\n    on: yes\n");

    assertThat(reading.manifests()).isEmpty();
    assertThat(reading.errors())
        .extracting(Problem::toString)
        .containsExactly(
            "a.yaml:2:1: apiVersion is missing (expected: group/version such as apps/v1)",
            "a.yaml:4:3: metadata.name is missing (expected: the object's name)",
            "a.yaml:4:14: metadata.namespace: Shop_1 (expected: a name of lower-case letters, digits and -)",
            "a.yaml:6:5: metadata.labels.true: true (expected: a text in quotes: \"true\")");
  }

  @ParameterizedTest
  @CsvSource({"../../secrets", "..", "a/b", "a%2fb"})
  void refusesNamesThatWouldLeaveTheirPath(String name) {
    Reading reading = read(configMap("\"" + name + "\"", ""));

    assertThat(reading.manifests()).isEmpty();
    assertThat(reading.errors()).singleElement().asString().contains("metadata.name: " + name);
  }

  @Test
  void refusesGeneratedNames() {
    Reading reading = read("apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: a-\n");

    assertThat(reading.errors())
        .extracting(Problem::toString)
        .containsExactly(
            "a.yaml:4:17: metadata.generateName would make a new object at every apply (expected: metadata.name)");
  }

  @Test
  void refusesAValueThatIsNoObject() {
    assertThat(read("- a\n- b\n").errors())
        .singleElement()
        .asString()
        .contains("a.yaml:1:1: the document is a list");
    assertThat(read("text").errors()).singleElement().asString().contains("a single value");
    assertThat(read("apiVersion: v1\nkind: List\nitems: [1]").errors()).isNotEmpty();
  }

  @Test
  void takesEmptyFilesForEmpty() {
    assertThat(read("")).isEqualTo(new Reading(List.of(), List.of(), List.of()));
    assertThat(read("---\n# nothing\n---\nnull\n"))
        .isEqualTo(new Reading(List.of(), List.of(), List.of()));
  }

  @Test
  void warnsAboutKeysThatStandTwiceAndTakesTheLast() {
    Reading reading = read(configMap("a", "data:\n  k: \"1\"\n  k: \"2\"\n"));

    assertThat(reading.manifests().getFirst().content().texts("data")).containsEntry("k", "2");
    assertThat(reading.warnings())
        .singleElement()
        .asString()
        .isEqualTo("a.yaml:7:3: the key \"k\" stands twice; the last one counts");
  }

  @Test
  @Tag("fault-49")
  void namesTheByteThatIsNoText() {
    byte[] content = "kind: a\nb: é€ X".getBytes(StandardCharsets.UTF_8);
    content[content.length - 1] = (byte) 0xff;

    Reading reading = ManifestReader.read(List.of(new Source("logo.png", content)));

    assertThat(reading.errors())
        .extracting(Problem::toString)
        .containsExactly(
            "logo.png:2:7: the byte 0xff is not UTF-8 text (expected: a manifest in UTF-8; keep binary files out of the paths)");
  }

  @Test
  void namesTheControlCharacterThatYamlForbids() {
    Reading reading = read("a: b\n---\nkind: x\nb: c\u0001\n");

    assertThat(reading.errors())
        .anySatisfy(problem ->
            assertThat(problem.toString()).startsWith("a.yaml:4:5: the character U+0001"));
  }

  @Test
  void readsAByteOrderMarkAndWindowsLines() {
    Reading reading =
        read("\uFEFFapiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: a\r\n---\r\n");

    assertThat(reading.errors()).isEmpty();
    assertThat(reading.manifests()).hasSize(1);
  }

  @Test
  void readsDirectivesAndEndMarks() {
    Reading reading =
        read("%YAML 1.1\n# c\n---\n" + configMap("a", "") + "...\n---\n" + configMap("b", ""));

    assertThat(reading.errors()).isEmpty();
    assertThat(reading.manifests()).hasSize(2);
  }

  @Test
  void tellsThatTabsDoNotIndent() {
    Reading reading = read("apiVersion: v1\nmetadata:\n\tname: a\n");

    assertThat(reading.errors())
        .singleElement()
        .asString()
        .startsWith("a.yaml:3:1: ")
        .contains("expected: spaces for indentation");
  }

  @Test
  @Tag("fault-46")
  void stopsAliasesThatMultiply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append(
          "a%d: &a%d [%s]\n"
              .formatted(
                  i, i, String.join(",", java.util.Collections.nCopies(10, "*a" + (i - 1)))));
    }

    Reading reading = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> read(bomb.toString()));

    assertThat(reading.errors()).singleElement().asString().contains("aliases expand to more than");
  }

  @Test
  @Tag("fault-46")
  void stopsDepthAndCycles() {
    assertThat(
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> read("a: " + "[".repeat(10_000)))
                .errors())
        .hasSize(1);
    assertThat(
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5), () -> read("{\"a\":" + "[".repeat(10_000)))
                .errors())
        .hasSize(1);
    assertThat(
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> read("a: &a\n  <<: *a\n"))
                .errors())
        .hasSize(1);
    assertThat(
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> read("a: &a [*a]\n")).errors())
        .hasSize(1);
  }

  @Test
  @Tag("fault-57")
  void neverQuotesTheFile() {
    String secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: ";

    assertThat(read(secret + "canary7: x: y\n").errors().toString()).doesNotContain("canary7");
    assertThat(read(secret + "\"canary7\n").errors().toString()).doesNotContain("canary7");
    assertThat(read("{\"kind\":\"Secret\",\"stringData\":{\"p\":canary7}}").errors().toString())
        .doesNotContain("canary7");
    assertThat(read(secret + "!!int canary7\n").errors().toString()).doesNotContain("canary7");
    assertThat(read(secret + "!!binary canary7\n").errors().toString()).doesNotContain("canary7");
  }

  @Test
  void warnsAboutFieldsOfTheServer() {
    Reading reading = read("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  uid: u\n");

    assertThat(reading.manifests()).hasSize(1);
    assertThat(reading.warnings()).singleElement().asString().contains("a.yaml:5:8: metadata.uid");
  }
}
