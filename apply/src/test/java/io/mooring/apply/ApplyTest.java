package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import org.junit.jupiter.api.Test;

@RealKubernetes
class ApplyTest {

  @Test
  void appliesWhatManifestsSayAndWritesNothingTheSecondTime(
      ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String manifests =
        configMap(ns, "one", "1")
            + Manifests.deployment(ns, "web", 2)
            + Manifests.service(ns, "web")
            + Manifests.secret(ns, "key", "hunter2");
    try (TestEngine engine =
        TestEngine.start(EngineOptions.defaults(7).withDefaultNamespace(ns), server.admin())) {

      SyncResult first = engine.sync("c1", manifests);
      long writes = engine.engine().requests().writes();
      SyncResult second = engine.sync("c2", manifests);

      assertThat(first.problems()).isEmpty();
      assertThat(first.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(first.applied()).isEqualTo(4);
      assertThat(second.unchanged()).isEqualTo(4);
      assertThat(engine.engine().requests().writes()).isEqualTo(writes);
      assertThat(engine.state("ConfigMap", "one").action()).isEqualTo(Action.UNCHANGED);
    }
  }
}
