package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.apply.object.ObjectRef;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import org.junit.jupiter.api.Test;

@RealKubernetes
class WarningsTest {

  private static void event(
      ApiServer server, String ns, String type, String about, String message) {
    String body =
        """
        {"metadata":{"generateName":"e-"},"type":"%s","reason":"Test","message":"%s","count":3,
         "involvedObject":%s}\
        """
            .formatted(type, message, about);
    assertThat(server.post("/api/v1/namespaces/" + ns + "/events", body).isSuccess()).isTrue();
  }

  private static String about(String apiVersion, String kind, String ns, String name, String uid) {
    return "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"namespace\":\"%s\",\"name\":\"%s\",\"uid\":\"%s\"}"
        .formatted(apiVersion, kind, ns, name, uid);
  }

  @Test
  void passesOnWarningsAboutManagedObjectsAndWhatTheyOwn(
      ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
      engine.sync("c1", Manifests.deployment(ns, "web", 1) + configMap(ns, "a", "1"));
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> !server.get(live.path("pods")).json().getAsJsonArray("items").isEmpty());
      String pod =
          server
              .get(live.path("pods"))
              .json()
              .getAsJsonArray("items")
              .get(0)
              .getAsJsonObject()
              .getAsJsonObject("metadata")
              .get("name")
              .getAsString();
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> {
            // Until the watch stands, events go by unseen.
            event(server, ns, "Warning", about("v1", "ConfigMap", ns, "a", "u1"), "first");
            return engine.warnings.stream().anyMatch(warning -> warning.message().equals("first"));
          });

      event(server, ns, "Warning", about("v1", "ConfigMap", ns, "foreign", "u2"), "foreign");
      event(server, ns, "Normal", about("v1", "ConfigMap", ns, "a", "u1"), "normal");
      event(server, ns, "Warning", about("v1", "Pod", ns, pod, "u3"), "from the Pod");

      await()
          .atMost(TestEngine.PATIENCE)
          .until(() ->
              engine.warnings.stream()
                  .anyMatch(warning -> warning.message().equals("from the Pod")));
      assertThat(engine.warnings)
          .noneMatch(
              warning -> warning.message().equals("foreign") || warning.message().equals("normal"))
          .anySatisfy(warning -> {
            assertThat(warning.object()).isEqualTo(new ObjectRef("", "Pod", ns, pod));
            assertThat(warning.managed()).isEqualTo(new ObjectRef("apps", "Deployment", ns, "web"));
            assertThat(warning.reason()).isEqualTo("Test");
            assertThat(warning.count()).isEqualTo(3);
          });
    }
  }
}
