package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.ownership.InventoryPolicy;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
class InventoryTest {

  @Test
  @Tag("wire-90")
  void prunesWhatLeftTheManifests(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "stays", "1") + configMap(ns, "goes", "1"));

      SyncResult result = engine.sync("c2", configMap(ns, "stays", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.pruned()).isEqualTo(1);
      assertThat(live.find("configmaps", "goes")).isEmpty();
      assertThat(live.find("configmaps", "stays")).isPresent();
      assertThat(live.inventory(engine.inventoryId())).containsExactly(ns + "_stays__ConfigMap");
      assertThat(engine.told()).hasSize(1);
      assertThat(engine.heard)
          .anyMatch(
              state -> state.object().name().equals("goes") && state.action() == Action.PRUNED);
    }
  }

  @Test
  @Tag("wire-90")
  void takesAClusterOverFromAGoAgentAndPrunesNothing(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    long project = TestEngine.newProject();
    String id = TestEngine.AGENT + "-" + project;
    live.applyAs("agentk", "one", "1", id);
    live.applyAs("agentk", "two", "1", id);
    live.writeInventory("inventory-" + id, id, ns + "_one__ConfigMap", ns + "_two__ConfigMap");
    String uid = live.metadata("configmaps", "one").get("uid").getAsString();
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {

      SyncResult result = engine.sync("c1", configMap(ns, "one", "1") + configMap(ns, "two", "2"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.pruned()).isZero();
      assertThat(live.metadata("configmaps", "one").get("uid").getAsString()).isEqualTo(uid);
      assertThat(live.value("two")).isEqualTo("2");
      assertThat(live.inventory(id))
          .containsExactly(ns + "_one__ConfigMap", ns + "_two__ConfigMap");
    }
  }

  @Test
  @Tag("wire-90")
  void prunesWhatAGoAgentAppliedAndNoManifestNames(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    long project = TestEngine.newProject();
    String id = TestEngine.AGENT + "-" + project;
    live.applyAs("agentk", "old", "1", id);
    live.writeInventory(
        "some-other-name", id, ns + "_old__ConfigMap", "not a readable key".replace(' ', '-'));
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {

      SyncResult result = engine.sync("c1", configMap(ns, "new", "1"));

      assertThat(result.pruned()).isEqualTo(1);
      assertThat(live.find("configmaps", "old")).isEmpty();
      assertThat(live.find("configmaps", "inventory-" + id)).isEmpty();
      assertThat(live.get("configmaps", "some-other-name").getAsJsonObject("data").keySet())
          .containsExactlyInAnyOrder(ns + "_new__ConfigMap", "not-a-readable-key");
    }
  }

  @Test
  void stopsBeforeAnythingWhenTwoInventoriesClaimToBeTheOne(
      ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    long project = TestEngine.newProject();
    String id = TestEngine.AGENT + "-" + project;
    live.writeInventory("first", id);
    live.writeInventory("second", id);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {

      SyncResult result = engine.sync("c1", configMap(ns, "a", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.message()).contains("the ConfigMaps first, second in namespace " + ns);
      assertThat(live.find("configmaps", "a")).isEmpty();
    }
  }

  @Test
  void usesTheInventoryThatIsAmongTheManifests(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    String inventory =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mine\n  namespace: %s\n  labels: {cli-utils.sigs.k8s.io/inventory-id: %s-mine, team: a}\n---\n"
            .formatted(ns, ns);
    try (TestEngine engine = TestEngine.start(options("default"), server.admin())) {

      SyncResult result = engine.sync("c1", inventory + configMap(ns, "a", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.applied()).isEqualTo(1);
      JsonObject mine = live.get("configmaps", "mine");
      assertThat(mine.getAsJsonObject("data").keySet()).containsExactly(ns + "_a__ConfigMap");
      assertThat(
              mine.getAsJsonObject("metadata").getAsJsonObject("labels").get("team").getAsString())
          .isEqualTo("a");
      assertThat(
              live.metadata("configmaps", "a")
                  .getAsJsonObject("annotations")
                  .get("config.k8s.io/owning-inventory")
                  .getAsString())
          .isEqualTo(ns + "-mine");
    }
  }

  @Test
  void refusesTwoInventoriesAmongTheManifests(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String inventory =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, labels: {cli-utils.sigs.k8s.io/inventory-id: x}}\n---\n";
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {

      SyncResult result =
          engine.sync(
              "c1", inventory.formatted("a") + inventory.formatted("b") + configMap(ns, "c", "1"));

      assertThat(result.message())
          .contains("several inventories among the manifests: file0.yaml:1:1, file0.yaml:5:1");
      assertThat(new Live(server, ns).find("configmaps", "c")).isEmpty();
    }
  }

  @Test
  void makesTheNamespaceOfTheInventoryWhenTheBatchBringsIt(
      ApiServer server, TestNamespace namespace) {
    String ns = namespace.name() + "-own";
    String own =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s: %s}}\n---\n"
            .formatted(ns, TestNamespace.LABEL, namespace.name());
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {

      SyncResult result = engine.sync("c1", own + configMap(ns, "a", "1"));

      assertThat(result.problems()).isEmpty();
      assertThat(new Live(server, ns).inventory(engine.inventoryId()))
          .containsExactly("_" + ns + "__Namespace", ns + "_a__ConfigMap");
    }
  }

  @Test
  void writesAnInventoryAgainThatSomebodyDeleted(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1"));

      live.delete("configmaps", "inventory-" + engine.inventoryId());

      live.awaitInventory(engine.inventoryId(), keys -> keys.contains(ns + "_a__ConfigMap"));
    }
  }

  @Test
  void keepsWhatPeoplePutOnTheInventory(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "a", "1"));
      String inventory = "inventory-" + engine.inventoryId();
      live.patch(
          "configmaps",
          inventory,
          "{\"metadata\":{\"annotations\":{\"note\":\"mine\"},\"labels\":{\"x\":\"y\"}}}");

      engine.sync("c2", configMap(ns, "a", "1") + configMap(ns, "b", "1"));

      assertThat(
              live.metadata("configmaps", inventory)
                  .getAsJsonObject("annotations")
                  .get("note")
                  .getAsString())
          .isEqualTo("mine");
      assertThat(
              live.metadata("configmaps", inventory)
                  .getAsJsonObject("labels")
                  .get("x")
                  .getAsString())
          .isEqualTo("y");
      assertThat(live.inventory(engine.inventoryId())).hasSize(2);
    }
  }

  @Test
  @Tag("fault-53")
  void leavesObjectsOfOthersAloneAndNamesThem(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    live.applyAs("somebody", "foreign", "theirs", "9-9");
    live.applyAs("somebody", "nobodys", "theirs", "");
    String manifests = configMap(ns, "foreign", "ours") + configMap(ns, "nobodys", "ours");
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {

      SyncResult result = engine.sync("c1", manifests);

      assertThat(result.failed()).isEqualTo(2);
      assertThat(result.problems().toString())
          .contains(
              "belongs to inventory 9-9, not to "
                  + engine.inventoryId()
                  + "; inventory_policy must_match leaves it alone")
          .contains(
              "exists and belongs to no inventory; inventory_policy must_match leaves it alone");
      assertThat(live.value("foreign")).isEqualTo("theirs");
      assertThat(live.value("nobodys")).isEqualTo("theirs");
      assertThat(live.inventory(engine.inventoryId())).isEmpty();
    }
    EngineOptions adopt = options(ns).withInventoryPolicy(InventoryPolicy.ADOPT_IF_NO_INVENTORY);
    try (TestEngine engine = TestEngine.start(adopt, server.admin())) {
      SyncResult result = engine.sync("c1", manifests);

      assertThat(result.failed()).isEqualTo(1);
      assertThat(live.value("foreign")).isEqualTo("theirs");
      assertThat(live.value("nobodys")).isEqualTo("ours");
    }
    EngineOptions all = options(ns).withInventoryPolicy(InventoryPolicy.ADOPT_ALL);
    try (TestEngine engine = TestEngine.start(all, server.admin())) {
      SyncResult result = engine.sync("c1", manifests);

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(live.value("foreign")).isEqualTo("ours");
    }
  }

  @Test
  @Tag("fault-53")
  void doesNotPruneWhatSomebodyElseTookOver(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "taken", "1") + configMap(ns, "own", "1"));
      live.patch(
          "configmaps",
          "taken",
          "{\"metadata\":{\"annotations\":{\"config.k8s.io/owning-inventory\":\"9-9\"}}}");
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() ->
              engine.state("ConfigMap", "taken").message().startsWith("belongs to inventory 9-9"));

      SyncResult result = engine.sync("c2", configMap(ns, "own", "1"));

      assertThat(result.pruned()).isZero();
      assertThat(live.find("configmaps", "taken")).isPresent();
      assertThat(live.inventory(engine.inventoryId())).containsExactly(ns + "_own__ConfigMap");
      assertThat(engine.heard)
          .anyMatch(state -> state.message().equals("not pruned: it belongs to inventory 9-9"));
    }
  }
}
