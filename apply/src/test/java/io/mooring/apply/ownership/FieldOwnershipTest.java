package io.mooring.apply.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FieldOwnershipTest {
  private static final String MANIFEST =
      """
      {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","labels":{"a":"b"}},
       "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
        "template":{"spec":{"containers":[{"name":"main","image":"i:1","ports":[{"containerPort":80}],"args":["x"],
         "resources":{"limits":{"cpu":"0.5"}},"emptyDir":{}}]}}}}\
      """;
  private static final String OWNED =
      """
      {"f:metadata":{"f:labels":{"f:a":{}}},
       "f:spec":{"f:replicas":{},"f:selector":{},
        "f:template":{"f:spec":{"f:containers":{"k:{\\"name\\":\\"main\\"}":{".":{},"f:name":{},"f:image":{},
         "f:ports":{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}}},
         "f:args":{},"f:resources":{"f:limits":{"f:cpu":{}}},"f:emptyDir":{}}}}}}}\
      """;
  private static final String LIVE =
      """
      {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","labels":{"a":"b","other":"c"},
        "managedFields":[{"manager":"agentk","operation":"Apply","fieldsV1":%s},
                         {"manager":"scaler","operation":"Update","fieldsV1":%s}]},
       "spec":{"replicas":%d,"paused":false,"selector":{"matchLabels":{"app":"web"}},
        "template":{"spec":{"containers":[{"name":"side","image":"s:1"},
         {"name":"main","image":"i:1","ports":[{"containerPort":80,"protocol":"TCP"}],"args":["x"],
          "resources":{"limits":{"cpu":"500m"}},"emptyDir":{}}]}}}}\
      """;

  private static JsonObject json(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean inSync(String manifest, String live) {
    JsonObject object = json(live);
    return LiveComparison.isInSync(json(manifest), object, FieldOwnership.of(object, "agentk"));
  }

  @Test
  void seesThatNothingIsToDo() {
    assertThat(inSync(MANIFEST, LIVE.formatted(OWNED, "{}", 2))).isTrue();
  }

  @Test
  void seesAChangedValue() {
    String live = LIVE.formatted(OWNED, "{}", 2);

    assertThat(inSync(MANIFEST.replace("i:1", "i:2"), live)).isFalse();
    assertThat(inSync(MANIFEST.replace("\"x\"", "\"y\""), live)).isFalse();
    assertThat(inSync(MANIFEST.replace("\"0.5\"", "\"0.6\""), live)).isFalse();
  }

  @Test
  void seesAFieldThatLeftTheManifest() {
    assertThat(inSync(MANIFEST.replace("\"replicas\":2,", ""), LIVE.formatted(OWNED, "{}", 2)))
        .isFalse();
  }

  @Test
  void seesAFieldThatCameToTheManifest() {
    String more = MANIFEST.replace("\"replicas\":2,", "\"replicas\":2,\"paused\":false,");

    assertThat(inSync(more, LIVE.formatted(OWNED, "{}", 2))).isFalse();
  }

  @Test
  void seesAnItemThatCameOrLeft() {
    String twoPorts =
        MANIFEST.replace(
            "[{\"containerPort\":80}]", "[{\"containerPort\":80},{\"containerPort\":81}]");

    assertThat(inSync(twoPorts, LIVE.formatted(OWNED, "{}", 2))).isFalse();
    assertThat(
            inSync(MANIFEST.replace("{\"containerPort\":80}", ""), LIVE.formatted(OWNED, "{}", 2)))
        .isFalse();
  }

  @Test
  void seesThatAnAtomicMapHasMoreThanTheManifest() {
    String live =
        LIVE.formatted(OWNED, "{}", 2)
            .replace("{\"app\":\"web\"}", "{\"app\":\"web\",\"b\":\"c\"}");

    assertThat(inSync(MANIFEST, live)).isFalse();
  }

  @Test
  void isNotSureWithoutOwnFields() {
    assertThat(inSync(MANIFEST, "{\"metadata\":{}}")).isFalse();
  }

  @Test
  void namesWhoTookAField() {
    String lost = OWNED.replace("\"f:replicas\":{},", "");
    JsonObject live = json(LIVE.formatted(lost, "{\"f:spec\":{\"f:replicas\":{}}}", 5));

    FieldOwnership ownership = FieldOwnership.of(live, "agentk");

    assertThat(ownership.taken(json(MANIFEST), 3))
        .containsExactly(".spec.replicas is set by scaler");
    assertThat(ownership.fingerprint())
        .isNotEqualTo(
            FieldOwnership.of(json(LIVE.formatted(OWNED, "{}", 2)), "agentk").fingerprint());
  }

  @Test
  void takesOnlyWhatWasAppliedForItsOwn() {
    String updated = LIVE.formatted(OWNED, "{}", 2).replace("\"Apply\"", "\"Update\"");

    assertThat(FieldOwnership.of(json(updated), "agentk").fingerprint()).isEmpty();
  }

  @Test
  void doesNotCareForTheOrderOfFields() {
    JsonObject one = json(LIVE.formatted("{\"f:a\":{},\"f:b\":{\"f:c\":{},\"f:d\":{}}}", "{}", 1));
    JsonObject other =
        json(LIVE.formatted("{\"f:b\":{\"f:d\":{},\"f:c\":{}},\"f:a\":{}}", "{}", 1));

    assertThat(FieldOwnership.of(one, "agentk").fingerprint())
        .isEqualTo(FieldOwnership.of(other, "agentk").fingerprint());
  }

  @Test
  void writesPathsForPeople() {
    FieldPath path =
        FieldPath.ROOT.then("f:spec").then("f:ports").then("k:{\"port\":80}").then("f:name");

    assertThat(path).hasToString(".spec.ports[{\"port\":80}].name");
  }

  @Test
  void comparesQuantitiesWhereTheyStandAndNowhereElse() {
    assertThat(Quantities.areEqual("limits", "1", "1000m")).isTrue();
    assertThat(Quantities.areEqual("requests", "1Gi", "1024Mi")).isTrue();
    assertThat(Quantities.areEqual("requests", "1e3", "1k")).isTrue();
    assertThat(Quantities.areEqual("requests", "1G", "1Gi")).isFalse();
    assertThat(Quantities.areEqual("requests", "lots", "lots more")).isFalse();
    assertThat(Quantities.areEqual("value", "1", "1000m")).isFalse();
    assertThat(Quantities.areNormalised("example.com/v1")).isFalse();
    assertThat(Quantities.areNormalised("apps/v1")).isTrue();
  }
}
