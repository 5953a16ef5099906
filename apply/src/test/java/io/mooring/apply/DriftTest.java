package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.apply.options.Pace;
import io.mooring.apply.report.Outcome;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealKubernetes
class DriftTest {
  private static final Duration SOON = Duration.ofSeconds(2);

  @Test
  void healsAChangedObjectWithinTwoSeconds(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1"));

      live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");

      live.awaitValue("a", "1", SOON);
    }
  }

  @Test
  void makesADeletedObjectAgainWithinTwoSeconds(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1") + Manifests.secret(ns, "s", "x"));
      String uid = live.metadata("configmaps", "a").get("uid").getAsString();

      live.delete("configmaps", "a");
      live.delete("secrets", "s");

      live.awaitValue("a", "1", SOON);
      await().atMost(SOON).until(() -> live.find("secrets", "s").isPresent());
      assertThat(live.metadata("configmaps", "a").get("uid").getAsString()).isNotEqualTo(uid);
    }
  }

  @Test
  void putsItsLabelBack(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1"));

      live.patch("configmaps", "a", "{\"metadata\":{\"labels\":{\"mooring.dev/inventory\":null}}}");

      await().atMost(SOON).until(() -> live.metadata("configmaps", "a").has("labels"));
      live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");
      live.awaitValue("a", "1", SOON);
    }
  }

  @Test
  void leavesAloneWhatNoManifestSays(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    String manifest = Manifests.deployment(ns, "web", 1).replace("  replicas: 1\n", "");
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", manifest + configMap(ns, "a", "1"));
      long writes = engine.engine().requests().writes();

      live.patch(
          "deployments",
          "web",
          "{\"spec\":{\"replicas\":3},\"metadata\":{\"annotations\":{\"mine\":\"yes\"}}}");
      live.patch("configmaps", "a", "{\"data\":{\"more\":\"theirs\"}}");
      // A later change of ours is healed, so what came before was seen and left alone.
      live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");
      live.awaitValue("a", "1", SOON);

      assertThat(engine.engine().requests().writes() - writes).isEqualTo(1);
      assertThat(live.get("deployments", "web").getAsJsonObject("spec").get("replicas").getAsInt())
          .isEqualTo(3);
      assertThat(live.get("configmaps", "a").getAsJsonObject("data").get("more").getAsString())
          .isEqualTo("theirs");
    }
  }

  @Test
  void slowsDownAndNamesWhoKeepsChangingAnObject(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1"));
      for (int i = 0; i < 3; i++) {
        live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");
        live.awaitValue("a", "1", TestEngine.PATIENCE);
      }

      await()
          .atMost(TestEngine.PATIENCE)
          .until(() ->
              engine
                  .state("ConfigMap", "a")
                  .message()
                  .equals(
                      "conflict, set back again and again: .data.value is set by kubectl-edit"));
    }
  }

  @Test
  void checksEverythingAgainAtTheRegularTime(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Pace pace = Pace.defaults().withResync(Duration.ofMillis(300));
    try (TestEngine engine = TestEngine.start(options(ns).withPace(pace), server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1"));
      long writes = engine.engine().requests().writes();
      long lists = engine.engine().requests().lists();

      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> engine.engine().requests().lists() >= lists + 6);

      assertThat(engine.engine().requests().writes()).isEqualTo(writes);
      assertThat(engine.results).hasSize(1);
      assertThat(engine.result("c1").outcome()).isEqualTo(Outcome.SUCCEEDED);
    }
  }

  @Test
  void makesANamespaceAndWhatIsInItAgain(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String own = ns + "-own";
    Live live = new Live(server, own);
    String manifest =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s: %s}}\n---\n"
            .formatted(own, TestNamespace.LABEL, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", manifest + configMap(own, "a", "1"));
      String uid = uid(server, own);

      server.delete("/api/v1/namespaces/" + own);

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> live.value("a").equals("1") && !uid(server, own).equals(uid));
    }
  }

  private static String uid(ApiServer server, String namespace) {
    var response = server.get("/api/v1/namespaces/" + namespace);
    return response.isSuccess()
        ? response.json().getAsJsonObject("metadata").get("uid").getAsString()
        : "";
  }
}
