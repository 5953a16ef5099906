package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.report.Action;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.status.Health;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
class ApplyTest {

  private static String shop(String ns) {
    return configMap(ns, "one", "1")
        + Manifests.deployment(ns, "web", 2)
        + Manifests.service(ns, "web")
        + Manifests.secret(ns, "key", "hunter2");
  }

  @Test
  @Tag("wire-90")
  void appliesWhatManifestsSayAndNotesIt(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {

      SyncResult result = engine.sync("c1", shop(ns));

      assertThat(result.problems()).isEmpty();
      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.applied()).isEqualTo(4);
      assertThat(result.message()).isEqualTo("4 applied, 0 unchanged, 0 pruned, 0 failed");
      assertThat(live.value("one")).isEqualTo("1");
      assertThat(
              live.metadata("configmaps", "one")
                  .getAsJsonObject("annotations")
                  .get("config.k8s.io/owning-inventory")
                  .getAsString())
          .isEqualTo(engine.inventoryId());
      assertThat(
              live.metadata("configmaps", "one")
                  .getAsJsonObject("labels")
                  .get("mooring.dev/inventory")
                  .getAsString())
          .isEqualTo(engine.inventoryId());
      assertThat(
              live.metadata("configmaps", "one")
                  .getAsJsonArray("managedFields")
                  .get(0)
                  .getAsJsonObject()
                  .get("manager")
                  .getAsString())
          .isEqualTo("agentk");
      assertThat(
              live.metadata("configmaps", "inventory-" + engine.inventoryId())
                  .getAsJsonObject("labels")
                  .get("cli-utils.sigs.k8s.io/inventory-id")
                  .getAsString())
          .isEqualTo(engine.inventoryId());
      assertThat(live.inventory(engine.inventoryId()))
          .containsExactlyInAnyOrder(
              ns + "_one__ConfigMap",
              ns + "_web_apps_Deployment",
              ns + "_web__Service",
              ns + "_key__Secret");
      assertThat(engine.state("ConfigMap", "one").action()).isEqualTo(Action.CREATED);
      assertThat(engine.state("ConfigMap", "one").health()).isEqualTo(Health.CURRENT);
      assertThat(engine.state("Deployment", "web").health()).isEqualTo(Health.IN_PROGRESS);
      assertThat(engine.state("Service", "web").source()).hasToString("file0.yaml:26:1");
      assertThat(engine.starts).containsExactly("c1");
    }
  }

  @Test
  void writesNothingThatDidNotChange(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", shop(ns));
      long writes = engine.engine().requests().writes();

      SyncResult same = engine.sync("c2", shop(ns));
      long writesOfSame = engine.engine().requests().writes() - writes;
      SyncResult changed =
          engine.sync("c3", shop(ns).replace("  value: \"1\"\n", "  value: \"2\"\n"));

      assertThat(same.unchanged()).isEqualTo(4);
      assertThat(writesOfSame).isZero();
      assertThat(changed.applied()).isEqualTo(1);
      assertThat(changed.unchanged()).isEqualTo(3);
      assertThat(engine.engine().requests().writes() - writes).isEqualTo(1);
      assertThat(engine.state("ConfigMap", "one").action()).isEqualTo(Action.CONFIGURED);
    }
  }

  @Test
  void writesNothingAfterARestart(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    long project = TestEngine.newProject();
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {
      engine.sync("c1", shop(ns));
    }

    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {
      SyncResult result = engine.sync("c1", shop(ns));

      assertThat(result.unchanged()).isEqualTo(4);
      assertThat(engine.engine().requests().writes()).isZero();
      assertThat(engine.resets()).isEqualTo(1);
      assertThat(engine.told()).hasSize(4);
    }
  }

  @Test
  void seesAfterARestartWhatChangedMeanwhile(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    long project = TestEngine.newProject();
    String manifests =
        configMap(ns, "one", "1") + configMap(ns, "two", "1") + Manifests.secret(ns, "key", "a");
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {
      engine.sync("c1", manifests);
    }
    live.patch("configmaps", "one", "{\"data\":{\"value\":\"changed\"}}");
    live.delete("configmaps", "two");

    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {
      SyncResult result =
          engine.sync("c2", manifests.replace("password: \"a\"", "password: \"b\""));

      assertThat(result.applied()).isEqualTo(3);
      assertThat(live.value("one")).isEqualTo("1");
      assertThat(live.value("two")).isEqualTo("1");
      assertThat(live.get("secrets", "key").getAsJsonObject("data").get("password").getAsString())
          .isEqualTo("Yg==");
    }
  }

  @Test
  void removesFieldsThatLeftAManifest(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      String manifest = "apiVersion: v1\nkind: %s\nmetadata: {name: a}\n%s: {keep: a, go: b}\n";
      engine.sync(
          "c1",
          manifest.formatted("ConfigMap", "data")
              + "---\n"
              + manifest.formatted("Secret", "stringData"));

      SyncResult result =
          engine.sync(
              "c2",
              (manifest.formatted("ConfigMap", "data")
                      + "---\n"
                      + manifest.formatted("Secret", "stringData"))
                  .replace(", go: b", ""));

      assertThat(result.problems()).isEmpty();
      assertThat(live.get("configmaps", "a").getAsJsonObject("data").keySet())
          .containsExactly("keep");
      assertThat(live.get("secrets", "a").getAsJsonObject("data").keySet()).containsExactly("keep");
    }
  }

  @Test
  @Tag("fault-52")
  void appliesTheOthersWhenTheServerRejectsOne(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    StringBuilder good = new StringBuilder(configMap(ns, "old", "1"));
    for (int i = 0; i < 20; i++) {
      good.append(configMap(ns, "good-" + i, "1"));
    }
    String bad =
        "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n";
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", configMap(ns, "old", "1"));

      SyncResult broken =
          engine.sync("c2", good.toString().replace(configMap(ns, "old", "1"), ""), bad);
      boolean oldStays = live.find("configmaps", "old").isPresent();
      SyncResult fixed = engine.sync("c3", good.toString().replace(configMap(ns, "old", "1"), ""));

      assertThat(broken.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(broken.applied()).isEqualTo(20);
      assertThat(broken.failed()).isEqualTo(1);
      assertThat(broken.pruned()).isZero();
      assertThat(broken.problems())
          .singleElement()
          .asString()
          .startsWith("file1.yaml:1:1: Service " + ns + "/bad: ")
          .contains("99999");
      assertThat(broken.message())
          .endsWith("kept until a cycle has no errors: 1 object that left the manifests");
      assertThat(oldStays).isTrue();
      assertThat(fixed.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(live.find("configmaps", "old")).isEmpty();
    }
  }

  @Test
  @Tag("fault-52")
  void triesAgainWithBackOffUntilItWorks(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String late = ns + "-late";
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      SyncResult first = engine.sync("c1", configMap(late, "a", "1"), configMap(ns, "b", "1"));

      server.post(
          "/api/v1/namespaces",
          "{\"metadata\":{\"name\":\""
              + late
              + "\",\"labels\":{\""
              + TestNamespace.LABEL
              + "\":\""
              + ns
              + "\"}}}");

      assertThat(first.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(live.value("b")).isEqualTo("1");
      new Live(server, late).awaitValue("a", "1", TestEngine.PATIENCE);
      org.awaitility.Awaitility.await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> engine.result("c1").outcome() == Outcome.SUCCEEDED);
    }
  }

  @Test
  void saysWhatIsWrongWithAManifestAndWhere(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      SyncResult result =
          engine.sync(
              "c1",
              configMap(ns, "twice", "1") + configMap(ns, "twice", "2"),
              "apiVersion: v1\nkind: Namespace\nmetadata: {name: x, namespace: yy}\n",
              "apiVersion: example.com/v1\nkind: Nothing\nmetadata: {name: x}\n",
              "apiVersion: apps/v7\nkind: Deployment\nmetadata: {name: x}\n",
              "kind: [");

      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.problems().toString())
          .contains(
              "file0.yaml:10:1: ConfigMap "
                  + ns
                  + "/twice is here and at file0.yaml:1:1; neither is applied")
          .contains("file1.yaml:1:1: metadata.namespace: yy, but a Namespace is in no namespace")
          .contains("file2.yaml:1:1: the cluster does not serve the kind Nothing of example.com/v1")
          .contains("file3.yaml:1:1: the cluster does not serve the kind Deployment of apps/v7")
          .contains("file4.yaml:");
      assertThat(new Live(server, ns).find("configmaps", "twice")).isEmpty();
    }
  }

  @Test
  @Tag("fault-53")
  void namesTheFieldThatCannotChange(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", Manifests.deployment(ns, "web", 1));

      SyncResult result =
          engine.sync("c2", Manifests.deployment(ns, "web", 1).replace("app: web", "app: other"));

      assertThat(result.problems())
          .singleElement()
          .asString()
          .contains("spec.selector")
          .contains("immutable");
      assertThat(engine.state("Deployment", "web").action()).isEqualTo(Action.APPLY_FAILED);
    }
  }

  @Test
  @Tag("fault-58")
  void letsTheNewestBatchWin(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      for (int i = 1; i <= 1_000; i++) {
        engine.submit("c" + i, configMap(ns, "a", "" + i) + configMap(ns, "b", "" + i));
      }

      SyncResult result = engine.result("c1000");

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(live.value("a")).isEqualTo("1000");
      assertThat(live.value("b")).isEqualTo("1000");
      assertThat(engine.starts.size()).isLessThan(200);
    }
  }

  @Test
  void putsObjectsIntoTheDefaultNamespaceAndTheInventoryToo(
      ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync(
          "c1", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {value: yes it is}\n");

      assertThat(new Live(server, ns).value("a")).isEqualTo("yes it is");
    }
  }
}
