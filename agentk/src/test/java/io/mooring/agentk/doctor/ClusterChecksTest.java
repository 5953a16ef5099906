package io.mooring.agentk.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.agentk.doctor.Finding.Verdict;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.CiAccessAsCF;
import io.mooring.wire.agentcfg.CiAccessAsCiJobCF;
import io.mooring.wire.agentcfg.CiAccessCF;
import io.mooring.wire.agentcfg.CiAccessProjectCF;
import io.mooring.wire.agentcfg.GitopsCF;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault-36")
@RealKubernetes
class ClusterChecksTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    tasks.close();
  }

  @Test
  void findsThatAnAdministratorMayDoEverything(ApiServer server, TestNamespace namespace)
      throws Exception {
    Finding finding = judge(server.kubeconfig(), namespace, Optional.of(configuration(namespace)));

    assertThat(finding.verdict()).isEqualTo(Verdict.OK);
    assertThat(finding.value()).isEqualTo("12 rights");
  }

  @Test
  void namesWhatIsMissingAndWhatForIt(ApiServer server, TestNamespace namespace) throws Exception {
    Finding finding =
        judge(server.user("alice").kubeconfig(), namespace, Optional.of(configuration(namespace)));

    assertThat(finding.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(finding.value())
        .contains(
            "create leases.coordination.k8s.io in " + namespace.name() + " (for leader election)",
            "patch configmaps in " + namespace.name() + " (for the inventory of GitOps)",
            "impersonate users (for access_as)");
  }

  @Test
  void onlyWarnsWhereTheAgentCanLead(ApiServer server, TestNamespace namespace) throws Exception {
    namespace.kubectl(
        "create",
        "role",
        "leads",
        "--verb=get,create,update",
        "--resource=leases.coordination.k8s.io");
    namespace.kubectl("create", "rolebinding", "leads", "--role=leads", "--user=alice");

    Finding finding = judge(server.user("alice").kubeconfig(), namespace, Optional.empty());

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.value())
        .isEqualTo("create events in " + namespace.name() + " (for telling who leads)");
  }

  @Test
  void comparesClocks() {
    var clocks = new ClockCheck();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    assertThat(clocks.judge().verdict()).isEqualTo(Verdict.SKIPPED);
    clocks.saw("kas", now.minusSeconds(1), now);
    assertThat(clocks.judge().verdict()).isEqualTo(Verdict.OK);
    clocks.saw("the API server", now.plusSeconds(90), now);
    assertThat(clocks.judge().verdict()).isEqualTo(Verdict.WARNING);
    assertThat(clocks.judge().value()).contains("-90 s ahead of the API server");
  }

  @Test
  void comparesVersions() {
    assertThat(VersionCheck.judge("gitlab-kas/v16.5.0/abc", "v16.5.1").verdict())
        .isEqualTo(Verdict.OK);
    assertThat(VersionCheck.judge("gitlab-kas/v16.6.0/abc", "v16.5.1").verdict())
        .isEqualTo(Verdict.OK);
    assertThat(VersionCheck.judge("gitlab-kas/v16.5.0/abc", "v16.2.0").verdict())
        .isEqualTo(Verdict.WARNING);
    assertThat(VersionCheck.judge("gitlab-kas/v17.0.0/abc", "v16.11.0").value())
        .isEqualTo("kas v17.0.0, agent v16.11.0");
    assertThat(VersionCheck.judge("gitlab-kas/v0.0.0/00000000", "v16.2.0").verdict())
        .isEqualTo(Verdict.OK);
    assertThat(VersionCheck.judge("nginx", "v16.2.0").verdict()).isEqualTo(Verdict.SKIPPED);
  }

  private Finding judge(
      Path kubeconfig, TestNamespace namespace, Optional<AgentConfiguration> configuration)
      throws InterruptedException {
    try (Cluster cluster = Cluster.open(KubernetesOptions.ofKubeconfig(kubeconfig), tasks)) {
      return new RightsCheck(cluster, namespace.name(), BOUND).judge(configuration);
    }
  }

  private static AgentConfiguration configuration(TestNamespace namespace) {
    return AgentConfiguration.newBuilder()
        .setGitops(
            GitopsCF.newBuilder()
                .addManifestProjects(
                    ManifestProjectCF.newBuilder()
                        .setId("group/manifests")
                        .setDefaultNamespace(namespace.name())))
        .setCiAccess(
            CiAccessCF.newBuilder()
                .addProjects(
                    CiAccessProjectCF.newBuilder()
                        .setId("group/app")
                        .setAccessAs(
                            CiAccessAsCF.newBuilder()
                                .setCiJob(CiAccessAsCiJobCF.getDefaultInstance()))))
        .build();
  }
}
