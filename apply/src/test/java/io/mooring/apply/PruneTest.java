package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.prune.Propagation;
import io.mooring.apply.prune.PruneOptions;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.status.Health;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
class PruneTest {

  private static String configMaps(String ns, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> configMap(ns, "c" + i, "1"))
        .collect(Collectors.joining());
  }

  @Test
  @Tag("fault-54")
  void haltsALargePruneUntilAPersonNamesTheCommit(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMaps(ns, 0, 13));

      SyncResult halted = engine.sync("c2", configMaps(ns, 4, 13) + configMap(ns, "new", "1"));

      assertThat(halted.outcome()).isEqualTo(Outcome.HALTED);
      assertThat(halted.message())
          .startsWith("4 of 13 managed objects (30 %) left the manifests, more than 30 %")
          .endsWith("mooring.dev/allow-prune=c2");
      assertThat(live.value("new")).isEqualTo("1");
      assertThat(live.find("configmaps", "c0")).isPresent();
      assertThat(engine.state("ConfigMap", "c0").action()).isEqualTo(Action.SKIPPED);
      assertThat(engine.state("ConfigMap", "c0").health()).isEqualTo(Health.CURRENT);

      live.patch(
          "configmaps",
          "inventory-" + engine.inventoryId(),
          "{\"metadata\":{\"annotations\":{\"mooring.dev/allow-prune\":\"c2\"}}}");

      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> engine.result("c2").outcome() == Outcome.SUCCEEDED);
      assertThat(engine.result("c2").pruned()).isEqualTo(4);
      assertThat(live.inventory(engine.inventoryId())).hasSize(10);
    }
  }

  @Test
  @Tag("fault-54")
  @Tag("fault-50")
  void keepsEverythingWhenTheSourceIsEmpty(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "only", "1"));

      SyncResult result = engine.sync("c2");

      assertThat(result.outcome()).isEqualTo(Outcome.HALTED);
      assertThat(result.message()).startsWith("the commit has no manifests");
      assertThat(live.find("configmaps", "only")).isPresent();
      assertThat(live.inventory(engine.inventoryId())).hasSize(1);
    }
  }

  @Test
  @Tag("fault-54")
  void forgetsObjectsWhoseKindIsGone(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    long project = TestEngine.newProject();
    String id = TestEngine.AGENT + "-" + project;
    live.writeInventory("inventory-" + id, id, ns + "_thing_gone.example.com_Thing");
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {

      SyncResult result = engine.sync("c1", configMap(ns, "a", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(live.inventory(id)).containsExactly(ns + "_a__ConfigMap");
    }
  }

  @Test
  @Tag("fault-55")
  void isNotHeldUpByAFinalizer(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    EngineOptions options =
        options(ns).withPrune(PruneOptions.defaults().withTimeout(Duration.ofSeconds(1)));
    try (TestEngine engine = TestEngine.start(options, server.admin())) {
      engine.sync(
          "c1",
          configMap(ns, "stuck", "1") + configMap(ns, "goes", "1") + configMap(ns, "stays", "1"));
      live.patch("configmaps", "stuck", "{\"metadata\":{\"finalizers\":[\"example.com/never\"]}}");

      SyncResult result = engine.sync("c2", configMap(ns, "stays", "2"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(live.find("configmaps", "goes")).isEmpty();
      assertThat(engine.state("ConfigMap", "stuck").health()).isEqualTo(Health.TERMINATING);
      assertThat(live.inventory(engine.inventoryId()))
          .containsExactlyInAnyOrder(ns + "_stays__ConfigMap", ns + "_stuck__ConfigMap");
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() ->
              engine
                  .state("ConfigMap", "stuck")
                  .message()
                  .startsWith(
                      "not gone within 1 s (prune_timeout): being deleted, waits for its finalizers"));
      assertThat(engine.sync("c3", configMap(ns, "stays", "3")).outcome())
          .isEqualTo(Outcome.SUCCEEDED);

      live.patch("configmaps", "stuck", "{\"metadata\":{\"finalizers\":null}}");

      live.awaitInventory(engine.inventoryId(), keys -> keys.size() == 1);
      await().atMost(TestEngine.PATIENCE).until(() -> engine.told().size() == 1);
    }
  }

  @Test
  @Tag("fault-55")
  void isNotHeldUpByANamespaceThatIsTerminating(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String dying = ns + "-dying";
    Live live = new Live(server, ns);
    server.post(
        "/api/v1/namespaces",
        "{\"metadata\":{\"name\":\""
            + dying
            + "\",\"labels\":{\""
            + TestNamespace.LABEL
            + "\":\""
            + ns
            + "\"}}}");
    server.post(
        "/api/v1/namespaces/" + dying + "/configmaps",
        "{\"metadata\":{\"name\":\"holds\",\"finalizers\":[\"example.com/never\"]}}");
    server.delete("/api/v1/namespaces/" + dying);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {

      SyncResult result = engine.sync("c1", configMap(dying, "a", "1") + configMap(ns, "b", "1"));

      assertThat(live.value("b")).isEqualTo("1");
      assertThat(result.failed()).isEqualTo(1);
      assertThat(result.problems()).singleElement().asString().contains("being terminated");
    } finally {
      new Live(server, dying).patch("configmaps", "holds", "{\"metadata\":{\"finalizers\":null}}");
    }
  }

  @Test
  void leavesProtectedObjectsInTheClusterForGood(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    String manifests =
        configMap(ns, "kept", "1", "cli-utils.sigs.k8s.io/on-remove: keep")
            + configMap(ns, "detached", "1", "client.lifecycle.config.k8s.io/deletion: detach")
            + configMap(ns, "other", "1");
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", manifests);

      SyncResult result = engine.sync("c2", configMap(ns, "other", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.pruned()).isZero();
      for (String name : new String[] {"kept", "detached"}) {
        assertThat(live.metadata("configmaps", name).getAsJsonObject("annotations").keySet())
            .doesNotContain("config.k8s.io/owning-inventory");
        assertThat(live.metadata("configmaps", name).has("labels")).isFalse();
      }
      assertThat(live.inventory(engine.inventoryId())).containsExactly(ns + "_other__ConfigMap");
      assertThat(engine.told()).hasSize(1);
    }
  }

  @Test
  void obeysThePropagationPolicy(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    EngineOptions options =
        options(ns).withPrune(PruneOptions.defaults().withPropagation(Propagation.ORPHAN));
    try (TestEngine engine = TestEngine.start(options, server.admin())) {
      engine.sync("c1", Manifests.deployment(ns, "web", 1) + configMap(ns, "other", "1"));
      await()
          .atMost(TestEngine.PATIENCE)
          .until(
              () -> !server.get(live.path("replicasets")).json().getAsJsonArray("items").isEmpty());

      engine.sync("c2", configMap(ns, "other", "1"));

      live.awaitGone("deployments", "web");
      var sets = server.get(live.path("replicasets")).json().getAsJsonArray("items");
      assertThat(sets).hasSize(1);
      assertThat(sets.get(0).getAsJsonObject().getAsJsonObject("metadata").has("ownerReferences"))
          .isFalse();
    }
  }

  @Test
  void prunesNothingWhenToldSo(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    EngineOptions options = options(ns).withPrune(PruneOptions.defaults().withEnabled(false));
    try (TestEngine engine = TestEngine.start(options, server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1") + configMap(ns, "b", "1"));

      SyncResult result = engine.sync("c2", configMap(ns, "a", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.message()).contains("pruning is switched off");
      assertThat(live.find("configmaps", "b")).isPresent();
      assertThat(live.inventory(engine.inventoryId())).hasSize(2);
    }
  }

  @Test
  void prunesWhatDependsOnOthersFirst(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    String top =
        configMap(
            ns,
            "top",
            "1",
            "config.kubernetes.io/depends-on: /namespaces/" + ns + "/ConfigMap/base");
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", top + configMap(ns, "base", "1") + configMap(ns, "other", "1"));
      live.patch("configmaps", "top", "{\"metadata\":{\"finalizers\":[\"example.com/wait\"]}}");

      engine.sync("c2", configMap(ns, "other", "1"));

      assertThat(live.metadata("configmaps", "base").has("deletionTimestamp")).isFalse();
      assertThat(engine.state("ConfigMap", "base").message())
          .isEqualTo("is pruned when ConfigMap " + ns + "/top is gone");

      live.patch("configmaps", "top", "{\"metadata\":{\"finalizers\":null}}");

      live.awaitGone("configmaps", "base");
      live.awaitInventory(engine.inventoryId(), keys -> keys.size() == 1);
    }
  }

  @Test
  void doesNotPruneAnObjectThatMovedToAnotherGroup(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String old =
        "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web}\nspec: {backend: {serviceName: a, servicePort: 80}}\n---\n";
    String moved =
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {defaultBackend: {service: {name: a, port: {number: 80}}}}\n---\n";
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      SyncResult first = engine.sync("c1", old + configMap(ns, "other", "1"));

      SyncResult result = engine.sync("c2", moved + configMap(ns, "other", "1"));

      assertThat(first.problems()).isEmpty();
      assertThat(result.problems()).isEmpty();
      assertThat(result.pruned()).isZero();
      assertThat(
              server
                  .get("/apis/networking.k8s.io/v1/namespaces/" + ns + "/ingresses/web")
                  .isSuccess())
          .isTrue();
      assertThat(new Live(server, ns).inventory(engine.inventoryId()))
          .containsExactlyInAnyOrder(
              ns + "_other__ConfigMap", ns + "_web_networking.k8s.io_Ingress");
    }
  }

  @Test
  void keepsANamespaceThatIsInUse(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String used = ns + "-used";
    String own =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s: %s}}\n---\n"
            .formatted(used, TestNamespace.LABEL, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", own + configMap(used, "a", "1"));

      SyncResult result = engine.sync("c2", configMap(used, "a", "1"));

      assertThat(result.pruned()).isZero();
      assertThat(engine.state("Namespace", used).message())
          .isEqualTo("not pruned: manifests or the inventory are in this namespace");
      assertThat(
              server
                  .get("/api/v1/namespaces/" + used)
                  .json()
                  .getAsJsonObject("metadata")
                  .has("deletionTimestamp"))
          .isFalse();
    }
  }

  @Test
  void waitsForWhatReplacesIt(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    EngineOptions options = options(ns).withReconcileTimeout(Duration.ofSeconds(2));
    try (TestEngine engine = TestEngine.start(options, server.admin())) {
      engine.sync("c1", configMap(ns, "old", "1") + configMap(ns, "other", "1"));
      engine.submit("c2", Manifests.deployment(ns, "new", 1) + configMap(ns, "other", "1"));

      await().atMost(TestEngine.PATIENCE).until(() -> live.find("deployments", "new").isPresent());
      boolean stillThere = live.find("configmaps", "old").isPresent();
      SyncResult result = engine.result("c2");

      assertThat(stillThere).isTrue();
      assertThat(result.pruned()).isEqualTo(1);
      assertThat(Duration.between(result.startedAt(), result.finishedAt()))
          .isGreaterThan(Duration.ofSeconds(1));
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> engine.state("Deployment", "new").health() == Health.FAILED);
      assertThat(engine.state("Deployment", "new").message())
          .startsWith("not current within 2 s: ");
    }
  }
}
