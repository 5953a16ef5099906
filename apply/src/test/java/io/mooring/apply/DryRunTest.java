package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.options.DryRun;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RealKubernetes
class DryRunTest {

  @ParameterizedTest
  @EnumSource(value = DryRun.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void tellsWhatWouldHappenAndChangesNothing(
      DryRun dryRun, ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    long project = TestEngine.newProject();
    try (TestEngine engine = TestEngine.start(options(ns), server.admin(), project)) {
      engine.sync(
          "c1",
          configMap(ns, "same", "1") + configMap(ns, "changes", "1") + configMap(ns, "goes", "1"));
    }
    String version = live.version("configmaps", "inventory-" + TestEngine.AGENT + "-" + project);
    try (TestEngine engine =
        TestEngine.start(options(ns).withDryRun(dryRun), server.admin(), project)) {

      SyncResult result =
          engine.sync(
              "c2",
              configMap(ns, "same", "1")
                  + configMap(ns, "changes", "2")
                  + configMap(ns, "new", "1"),
              "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + ns + "-new}\n",
              configMap(ns + "-new", "inside", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.message())
          .startsWith("dry run (" + dryRun.name().toLowerCase(java.util.Locale.ROOT) + "): ");
      assertThat(result.pruned()).isEqualTo(1);
      assertThat(result.unchanged()).isEqualTo(1);
      assertThat(engine.state("ConfigMap", "new").action()).isEqualTo(Action.CREATED);
      assertThat(engine.state("ConfigMap", "changes").action()).isEqualTo(Action.CONFIGURED);
      assertThat(engine.engine().requests().writes()).isZero();
      assertThat(live.value("changes")).isEqualTo("1");
      assertThat(live.find("configmaps", "new")).isEmpty();
      assertThat(live.find("configmaps", "goes")).isPresent();
      assertThat(server.get("/api/v1/namespaces/" + ns + "-new").isSuccess()).isFalse();
      assertThat(live.version("configmaps", "inventory-" + engine.inventoryId()))
          .isEqualTo(version);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DryRun.class, names = "SERVER")
  void letsTheServerFindWhatIsWrong(DryRun dryRun, ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    try (TestEngine engine = TestEngine.start(options(ns).withDryRun(dryRun), server.admin())) {

      SyncResult result =
          engine.sync(
              "c1",
              "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n");

      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.problems()).singleElement().asString().contains("99999");
    }
  }
}
