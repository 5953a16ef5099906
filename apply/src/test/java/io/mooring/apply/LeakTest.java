package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.leaks.LeakCheck;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@LeakCheck(allowedThreads = "JdkHttpClientFactory-")
@RealKubernetes
class LeakTest {

  /**
   * One for all engines: the client library leaves the descriptors of a closed client to the
   * garbage collector, which would hide what the engine leaves, or be taken for it.
   */
  private static KubernetesClient client;

  @BeforeAll
  static void useTheClientOnce(ApiServer server, TestNamespace namespace) {
    client = TestEngine.client(server.admin());
    applyOnce(server, namespace.name());
  }

  @AfterAll
  static void closeTheClient() {
    client.close();
  }

  private static void applyOnce(ApiServer server, String ns) {
    try (TestEngine engine = TestEngine.startWithClientOf(client, options(ns))) {
      engine.sync("c1", configMap(ns, "a", "1") + Manifests.service(ns, "s"));
      assertThat(new Live(server, ns).value("a")).isEqualTo("1");
    }
  }

  @Test
  void leavesNoThreadAndNoConnectionBehind(ApiServer server, TestNamespace namespace) {
    for (int i = 0; i < 5; i++) {
      applyOnce(server, namespace.name());
      new Live(server, namespace.name()).delete("configmaps", "a");
      new Live(server, namespace.name()).delete("services", "s");
    }
  }
}
