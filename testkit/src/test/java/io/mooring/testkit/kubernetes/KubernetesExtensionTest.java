package io.mooring.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RealKubernetes
final class KubernetesExtensionTest {
  private static String earlier = "";

  private String own = "";

  @BeforeEach
  void remember(TestNamespace namespace) {
    own = namespace.name();
  }

  @Test
  void givesARunningApiServerOfAKnownVersion(ApiServer apiServer) {
    assertThat(apiServer.version()).matches("v1\\.\\d+\\.\\d+.*");
    assertThat(apiServer.get("/readyz").body()).isEqualTo("ok");
  }

  @Test
  void givesTheSameNamespaceToATestAndWhatRunsBeforeIt(TestNamespace namespace, Kubectl kubectl) {
    kubectl.run("create", "configmap", "c", "--namespace=" + namespace, "--from-literal=a=b");

    assertThat(namespace.name()).isEqualTo(own);
    assertThat(namespace.kubectl("get", "configmap", "c", "-o", "jsonpath={.data.a}"))
        .isEqualTo("b");
    checkThatNoOtherTestHadIt(namespace);
  }

  @Test
  void givesAnotherTestAnotherNamespace(TestNamespace namespace) {
    checkThatNoOtherTestHadIt(namespace);
  }

  @Test
  void deletesTheNamespaceAndWhatIsLabelled(ApiServer apiServer) {
    var namespace = TestNamespace.create(apiServer);
    apiServer.post(
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        """
        {"metadata": {"name": "%1$s", "labels": {"%2$s": "%1$s"}}}
        """
            .formatted(namespace, TestNamespace.LABEL));
    String role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/" + namespace;
    assertThat(apiServer.get(role).status()).isEqualTo(200);

    namespace.close();

    assertThat(apiServer.get(role).status()).isEqualTo(404);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> apiServer.get("/api/v1/namespaces/" + namespace).status() == 404);
  }

  @Test
  void namesWhatIsLeftWithoutALabelOnce(ApiServer apiServer) {
    var leftovers = new Leftovers(apiServer);
    assertThat(leftovers.fresh()).isEmpty();
    String path = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    apiServer.post(path, "{\"metadata\": {\"name\": \"forgotten\"}}");

    try {
      assertThat(leftovers.fresh()).containsExactly(path + "/forgotten");
      assertThat(leftovers.fresh()).isEmpty();
    } finally {
      apiServer.delete(path + "/forgotten");
    }
  }

  /** A server built with the wrong version of one library ends at the first custom resource. */
  @Test
  void storesCustomResources(ApiServer apiServer, TestNamespace namespace) {
    String group = namespace + ".example.com";
    apiServer
        .kubectl()
        .apply(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: boats.%1$s
              labels: {%2$s: %3$s}
            spec:
              group: %1$s
              scope: Namespaced
              names: {plural: boats, singular: boat, kind: Boat}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """
                .formatted(group, TestNamespace.LABEL, namespace));
    String boats = "/apis/" + group + "/v1/namespaces/" + namespace + "/boats";
    await().atMost(Duration.ofSeconds(30)).until(() -> apiServer.get(boats).isSuccess());

    var created =
        apiServer.post(
            boats,
            """
            {"apiVersion": "%s/v1", "kind": "Boat", "metadata": {"name": "b"}, "sail": "red"}
            """
                .formatted(group));

    assertThat(created.status()).isEqualTo(201);
    assertThat(apiServer.get(boats + "/b").json().get("sail").getAsString()).isEqualTo("red");
  }

  private static void checkThatNoOtherTestHadIt(TestNamespace namespace) {
    assertThat(namespace.name()).isNotEqualTo(earlier);
    earlier = namespace.name();
  }
}
