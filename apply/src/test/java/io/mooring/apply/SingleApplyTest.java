package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.manifest.ManifestReader;
import io.mooring.apply.manifest.Source;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.prune.PruneOptions;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
@Tag("wire-93")
class SingleApplyTest {
  private static final String INVENTORY = "ws-1-workspace-inventory";

  @Test
  void appliesOnceAndPrunesWhatItsInventoryHadBefore(ApiServer server, TestNamespace namespace)
      throws Exception {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (KubernetesClient client = TestEngine.client(server.admin())) {
      SyncResult first =
          apply(client, ns, inventory(ns) + configMap(ns, "a", "1") + configMap(ns, "b", "1"));
      SyncResult second = apply(client, ns, inventory(ns) + configMap(ns, "b", "2"));

      assertThat(first.message()).isEqualTo("2 applied, 0 unchanged, 0 pruned, 0 failed");
      assertThat(second.message()).isEqualTo("1 applied, 0 unchanged, 1 pruned, 0 failed");
      assertThat(live.value("b")).isEqualTo("2");
      live.awaitGone("configmaps", "a");
      assertThat(live.inventory(INVENTORY)).containsExactly(ns + "_b__ConfigMap");
      assertThat(live.metadata("configmaps", "b").getAsJsonObject("annotations").toString())
          .contains("\"config.k8s.io/owning-inventory\":\"" + INVENTORY + "\"");
    }
  }

  @Test
  void doesNotWriteWhatTheClusterHoldsAlready(ApiServer server, TestNamespace namespace)
      throws Exception {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (KubernetesClient client = TestEngine.client(server.admin())) {
      apply(client, ns, inventory(ns) + configMap(ns, "a", "1"));
      String version = live.version("configmaps", "a");

      SyncResult again = apply(client, ns, inventory(ns) + configMap(ns, "a", "1"));

      assertThat(again.unchanged()).isEqualTo(1);
      assertThat(live.version("configmaps", "a")).isEqualTo(version);
    }
  }

  @Test
  void appliesNothingWhenOneObjectIsInvalid(ApiServer server, TestNamespace namespace)
      throws Exception {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    String unknown = "apiVersion: example.com/v1\nkind: Nothing\nmetadata: {name: x}\n---\n";
    try (KubernetesClient client = TestEngine.client(server.admin())) {

      SyncResult result = apply(client, ns, inventory(ns) + configMap(ns, "a", "1") + unknown);

      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.message()).isEqualTo("nothing is applied, problems: 1");
      assertThat(result.problems().toString()).contains("does not serve the kind Nothing");
      assertThat(live.find("configmaps", "a")).isEmpty();
      assertThat(live.inventory(INVENTORY)).isEmpty();
    }
  }

  private static SyncResult apply(KubernetesClient client, String namespace, String manifests)
      throws InterruptedException {
    EngineOptions options =
        EngineOptions.defaults(TestEngine.AGENT)
            .withDefaultNamespace(namespace)
            .withReconcileTimeout(Duration.ZERO)
            .withPrune(PruneOptions.defaults().withAllowLarge(true).withTimeout(Duration.ZERO));
    List<Manifest> read =
        ManifestReader.read(
                List.of(new Source("config", manifests.getBytes(StandardCharsets.UTF_8))))
            .manifests();
    return new SingleApply(
            options, new KubernetesApi(client), InstantSource.system(), new Random(1))
        .apply("config", read);
  }

  private static String inventory(String namespace) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: ws-1-workspace-inventory
      namespace: %s
      labels: {cli-utils.sigs.k8s.io/inventory-id: ws-1-workspace-inventory}
    ---
    """
        .formatted(namespace);
  }
}
