package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.leaks.LeakCheck;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@LeakCheck
@RealKubernetes
class LeakTest {

  /** The client library keeps threads of its own from its first use on. */
  @BeforeAll
  static void useTheClientOnce(ApiServer server, TestNamespace namespace) {
    applyOnce(server, namespace.name());
  }

  private static void applyOnce(ApiServer server, String ns) {
    try (TestEngine engine = TestEngine.start(options(ns), server.admin())) {
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
