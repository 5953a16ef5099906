package io.mooring.agentk.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.ownership.InventoryPolicy;
import io.mooring.apply.prune.Propagation;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.GitRefCF;
import io.mooring.wire.agentcfg.GitopsCF;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.agentcfg.PathCF;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestProjectTest {
  @Test
  void fillsInTheDefaultsOfTheOriginal() throws Exception {
    ManifestProject project = of(ManifestProjectCF.newBuilder());

    assertThat(project.id()).isEqualTo("group/config");
    assertThat(project.paths())
        .singleElement()
        .satisfies(path -> assertThat(path.getGlob()).isEqualTo("**/*.{yaml,yml,json}"));
    assertThat(project.ref()).isEmpty();
    assertThat(project.isPinned()).isFalse();
    var options = project.options();
    assertThat(options.agentId()).isEqualTo(5);
    assertThat(options.defaultNamespace()).isEqualTo("default");
    assertThat(options.fieldManager()).isEqualTo("agentk");
    assertThat(options.reconcileTimeout()).isEqualTo(java.time.Duration.ofHours(1));
    assertThat(options.dryRun()).isEqualTo(DryRun.NONE);
    assertThat(options.inventoryPolicy()).isEqualTo(InventoryPolicy.MUST_MATCH);
    assertThat(options.prune().enabled()).isTrue();
    assertThat(options.prune().timeout()).isEqualTo(java.time.Duration.ofHours(1));
    assertThat(options.prune().propagation()).isEqualTo(Propagation.FOREGROUND);
  }

  @Test
  void takesEveryValueOfTheConfiguration() throws Exception {
    ManifestProject project =
        of(
            ManifestProjectCF.newBuilder()
                .setId("other/project")
                .setDefaultNamespace("apps")
                .addPaths(PathCF.newBuilder().setGlob("a/*.yaml"))
                .addPaths(PathCF.newBuilder().setGlob("b/*.yaml"))
                .setReconcileTimeout(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
                .setDryRunStrategy("server")
                .setPrune(false)
                .setPruneTimeout(Duration.newBuilder())
                .setPrunePropagationPolicy("orphan")
                .setInventoryPolicy("adopt_all")
                .setRef(GitRefCF.newBuilder().setCommit("abc")));

    assertThat(project.id()).isEqualTo("other/project");
    assertThat(project.paths())
        .extracting(io.mooring.wire.gitops.rpc.PathCF::getGlob)
        .containsExactly("a/*.yaml", "b/*.yaml");
    assertThat(project.isPinned()).isTrue();
    var options = project.options();
    assertThat(options.defaultNamespace()).isEqualTo("apps");
    assertThat(options.reconcileTimeout()).isEqualTo(java.time.Duration.ofMillis(1500));
    assertThat(options.dryRun()).isEqualTo(DryRun.SERVER);
    assertThat(options.inventoryPolicy()).isEqualTo(InventoryPolicy.ADOPT_ALL);
    assertThat(options.prune().enabled()).isFalse();
    assertThat(options.prune().timeout()).isZero();
    assertThat(options.prune().propagation()).isEqualTo(Propagation.ORPHAN);
  }

  @Test
  void followsATagOrABranch() throws Exception {
    assertThat(
            of(ManifestProjectCF.newBuilder().setRef(GitRefCF.newBuilder().setTag("v1")))
                .ref()
                .orElseThrow()
                .getTag())
        .isEqualTo("v1");
    assertThat(
            of(ManifestProjectCF.newBuilder().setRef(GitRefCF.newBuilder().setBranch("main")))
                .ref()
                .orElseThrow()
                .getBranch())
        .isEqualTo("main");
  }

  @Test
  void isEqualAsLongAsNothingChanges() throws Exception {
    assertThat(of(ManifestProjectCF.newBuilder()))
        .isEqualTo(of(ManifestProjectCF.newBuilder().setDryRunStrategy("none")));
    assertThat(of(ManifestProjectCF.newBuilder()))
        .isNotEqualTo(of(ManifestProjectCF.newBuilder().setPrune(false)));
  }

  @Test
  void namesAValueItDoesNotKnow() {
    for (ManifestProjectCF.Builder entry :
        List.of(
            ManifestProjectCF.newBuilder().setDryRunStrategy("later"),
            ManifestProjectCF.newBuilder().setPrunePropagationPolicy("later"),
            ManifestProjectCF.newBuilder().setInventoryPolicy("later"))) {
      assertThatThrownBy(() -> of(entry))
          .isInstanceOf(ConfigurationRejectedException.class)
          .hasMessageStartingWith("gitops.manifest_projects[0].")
          .hasMessageContaining(": later (expected: one of ");
    }
    assertThatThrownBy(() ->
            of(
                ManifestProjectCF.newBuilder()
                    .setReconcileTimeout(Duration.newBuilder().setSeconds(-1))))
        .hasMessageContaining("reconcile_timeout: -1s");
    assertThatThrownBy(() -> of(ManifestProjectCF.newBuilder().setRef(GitRefCF.newBuilder())))
        .hasMessageContaining("one of tag, branch, commit");
  }

  private static ManifestProject of(ManifestProjectCF.Builder entry)
      throws ConfigurationRejectedException {
    return ManifestProject.of(
        AgentConfiguration.newBuilder()
            .setAgentId(5)
            .setProjectPath("group/config")
            .setGitops(GitopsCF.newBuilder().addManifestProjects(entry))
            .build(),
        0);
  }
}
