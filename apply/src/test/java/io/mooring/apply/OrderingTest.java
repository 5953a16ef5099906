package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.apply.prune.Propagation;
import io.mooring.apply.prune.PruneOptions;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealKubernetes
class OrderingTest {

  private static String definition(String ns, String group) {
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: things.%1$s, labels: {%2$s: %3$s}}
    spec:
      group: %1$s
      scope: Namespaced
      names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}
      versions:
      - name: v1
        served: true
        storage: true
        schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        subresources: {status: {}}
    ---
    """
        .formatted(group, TestNamespace.LABEL, ns);
  }

  private static String thing(String group, String name, String annotations) {
    return "apiVersion: %s/v1\nkind: Thing\nmetadata: {name: %s, annotations: {%s}}\nspec: {a: 1.5}\n---\n"
        .formatted(group, name, annotations);
  }

  @Test
  void appliesNamespacesDefinitionsAndTheirObjectsInOneGo(
      ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String own = ns + "-own";
    String group = ns + ".example.com";
    String namespaceManifest =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s: %s}}\n---\n"
            .formatted(own, TestNamespace.LABEL, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {

      SyncResult result =
          engine.sync(
              "c1",
              thing(group, "one", ""),
              configMap(own, "a", "1"),
              definition(ns, group),
              namespaceManifest);
      long writes = engine.engine().requests().writes();
      SyncResult again =
          engine.sync(
              "c2",
              thing(group, "one", ""),
              configMap(own, "a", "1"),
              definition(ns, group),
              namespaceManifest);

      assertThat(result.problems()).isEmpty();
      assertThat(result.applied()).isEqualTo(4);
      assertThat(server.get("/apis/" + group + "/v1/namespaces/" + ns + "/things/one").isSuccess())
          .isTrue();
      assertThat(again.unchanged()).isEqualTo(4);
      assertThat(engine.engine().requests().writes()).isEqualTo(writes);
    }
  }

  @Test
  void healsObjectsOfADefinitionItBrought(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String group = ns + ".example.com";
    String path = "/apis/" + group + "/v1/namespaces/" + ns + "/things/one";
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", thing(group, "one", ""), definition(ns, group));

      server.delete(path);

      await().atMost(Duration.ofSeconds(30)).until(() -> server.get(path).isSuccess());
    }
  }

  @Test
  void prunesADefinitionAfterItsObjects(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String group = ns + ".example.com";
    try (TestEngine engine =
        TestEngine.start(
            options(ns).withPrune(PruneOptions.defaults().withPropagation(Propagation.BACKGROUND)),
            server.admin())) {
      engine.sync("c1", thing(group, "one", ""), definition(ns, group), configMap(ns, "a", "1"));

      SyncResult result = engine.sync("c2", configMap(ns, "a", "1"));

      assertThat(result.problems()).isEmpty();
      new Live(server, ns).awaitInventory(engine.inventoryId(), keys -> keys.size() == 1);
      assertThat(
              server
                  .get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things." + group)
                  .isSuccess())
          .isFalse();
    }
  }

  @Test
  void waitsUntilADependencyIsCurrent(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String group = ns + ".example.com";
    Live live = new Live(server, ns);
    String dependent =
        configMap(
            ns,
            "after",
            "1",
            "config.kubernetes.io/depends-on: " + group + "/namespaces/" + ns + "/Thing/first");
    try (TestEngine engine =
        TestEngine.start(options(ns).withReconcileTimeout(Duration.ofMinutes(1)), server.admin())) {
      engine.sync("c1", definition(ns, group), thing(group, "first", ""));
      String thing = "/apis/" + group + "/v1/namespaces/" + ns + "/things/first";
      server.send(
          "PATCH",
          thing + "/status",
          "application/merge-patch+json",
          "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"message\":\"warming up\"}]}}");
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> engine.state("Thing", "first").message().equals("warming up"));

      engine.submit(
          "c2",
          definition(ns, group),
          thing(group, "first", ""),
          dependent,
          configMap(ns, "free", "1"));
      live.awaitValue("free", "1", TestEngine.PATIENCE);
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() ->
              engine
                  .state("ConfigMap", "after")
                  .message()
                  .equals("waits for Thing." + group + " " + ns + "/first"));
      boolean early = live.find("configmaps", "after").isPresent();
      server.send(
          "PATCH",
          thing + "/status",
          "application/merge-patch+json",
          "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
      SyncResult result = engine.result("c2");

      assertThat(early).isFalse();
      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(live.value("after")).isEqualTo("1");
    }
  }

  @Test
  void givesUpOnADependencyThatDoesNotGetCurrent(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String dependent =
        configMap(
            ns,
            "after",
            "1",
            "config.kubernetes.io/depends-on: apps/namespaces/" + ns + "/Deployment/web");
    try (TestEngine engine =
        TestEngine.start(options(ns).withReconcileTimeout(Duration.ofSeconds(1)), server.admin())) {

      SyncResult result = engine.sync("c1", Manifests.deployment(ns, "web", 1) + dependent);

      assertThat(result.failed()).isEqualTo(1);
      assertThat(result.problems().toString())
          .contains("depends on Deployment.apps " + ns + "/web, which is not current within 1 s");
      assertThat(new Live(server, ns).find("configmaps", "after")).isEmpty();
    }
  }

  @Test
  void namesACircleAndAppliesTheRest(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String one =
        configMap(
            ns,
            "one",
            "1",
            "config.kubernetes.io/depends-on: /namespaces/" + ns + "/ConfigMap/two");
    String two =
        configMap(
            ns,
            "two",
            "1",
            "config.kubernetes.io/depends-on: /namespaces/" + ns + "/ConfigMap/one");
    String three =
        configMap(
            ns,
            "three",
            "1",
            "config.kubernetes.io/depends-on: /namespaces/" + ns + "/ConfigMap/two");
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {

      SyncResult result = engine.sync("c1", one + two + three + configMap(ns, "free", "1"));

      assertThat(result.failed()).isEqualTo(3);
      assertThat(result.applied()).isEqualTo(1);
      assertThat(result.problems().toString())
          .contains(
              "goes in a circle: ConfigMap %1$s/one -> ConfigMap %1$s/two -> ConfigMap %1$s/one"
                  .formatted(ns))
          .contains("depends on ConfigMap " + ns + "/two, which was not applied");
    }
  }
}
