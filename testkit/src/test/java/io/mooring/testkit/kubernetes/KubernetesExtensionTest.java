package io.mooring.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@RealKubernetes
final class KubernetesExtensionTest {
  @Test
  void givesARunningApiServerOfAKnownVersion(ApiServer apiServer) {
    assertThat(apiServer.version()).matches("v1\\.\\d+\\.\\d+.*");
    assertThat(apiServer.get("/readyz").body()).isEqualTo("ok");
  }

  @Test
  void givesEachTestANamespaceOfItsOwn(TestNamespace namespace, Kubectl kubectl) {
    kubectl.run("create", "configmap", "c", "--namespace=" + namespace, "--from-literal=a=b");

    assertThat(namespace.kubectl("get", "configmap", "c", "-o", "jsonpath={.data.a}"))
        .isEqualTo("b");
  }
}
