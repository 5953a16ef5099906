package io.mooring.agentk.gitops;

import com.google.protobuf.Duration;
import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.ownership.InventoryPolicy;
import io.mooring.apply.prune.Propagation;
import io.mooring.apply.prune.PruneOptions;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.gitops.rpc.GitRefCF;
import io.mooring.wire.gitops.rpc.PathCF;
import java.util.List;
import java.util.Optional;

/**
 * One entry of {@code gitops.manifest_projects} with its defaults (config.md A1). Equal entries
 * need no restart.
 *
 * @param id full path of the project
 * @param paths what to ask for
 * @param ref what to follow; empty is the default branch
 * @param options for the engine
 */
record ManifestProject(
    String id, List<PathCF> paths, Optional<GitRefCF> ref, EngineOptions options) {
  private static final String DEFAULT_GLOB = "**/*.{yaml,yml,json}";

  ManifestProject {
    paths = List.copyOf(paths);
  }

  /** Whether only one commit is wanted, and nothing new ever comes. */
  boolean isPinned() {
    return ref.filter(GitRefCF::hasCommit).isPresent();
  }

  static ManifestProject of(AgentConfiguration configuration, int index)
      throws ConfigurationRejectedException {
    ManifestProjectCF entry = configuration.getGitops().getManifestProjects(index);
    String path = "gitops.manifest_projects[" + index + "]";
    String id = entry.hasId() ? entry.getId() : configuration.getProjectPath();
    if (id.isEmpty()) {
      throw new ConfigurationRejectedException(
          path + ".id",
          "not set, and the configuration project is not known",
          "the full path of a project");
    }
    EngineOptions defaults = EngineOptions.defaults(configuration.getAgentId());
    PruneOptions prune =
        defaults
            .prune()
            .withEnabled(!entry.hasPrune() || entry.getPrune())
            .withTimeout(
                entry.hasPruneTimeout()
                    ? duration(path + ".prune_timeout", entry.getPruneTimeout())
                    : defaults.prune().timeout())
            .withPropagation(propagation(path, entry.getPrunePropagationPolicy()));
    EngineOptions options =
        defaults
            .withDefaultNamespace(
                entry.getDefaultNamespace().isEmpty()
                    ? defaults.defaultNamespace()
                    : entry.getDefaultNamespace())
            .withReconcileTimeout(
                entry.hasReconcileTimeout()
                    ? duration(path + ".reconcile_timeout", entry.getReconcileTimeout())
                    : defaults.reconcileTimeout())
            .withDryRun(dryRun(path, entry.getDryRunStrategy()))
            .withInventoryPolicy(inventoryPolicy(path, entry.getInventoryPolicy()))
            .withPrune(prune);
    return new ManifestProject(id, paths(entry), ref(path, entry), options);
  }

  private static List<PathCF> paths(ManifestProjectCF entry) {
    if (entry.getPathsCount() == 0) {
      return List.of(PathCF.newBuilder().setGlob(DEFAULT_GLOB).build());
    }
    return entry.getPathsList().stream()
        .map(path -> PathCF.newBuilder().setGlob(path.getGlob()).build())
        .toList();
  }

  private static Optional<GitRefCF> ref(String path, ManifestProjectCF entry)
      throws ConfigurationRejectedException {
    if (!entry.hasRef()) {
      return Optional.empty();
    }
    var ref = entry.getRef();
    return switch (ref.getRefCase()) {
      case TAG -> Optional.of(GitRefCF.newBuilder().setTag(ref.getTag()).build());
      case BRANCH -> Optional.of(GitRefCF.newBuilder().setBranch(ref.getBranch()).build());
      case COMMIT -> Optional.of(GitRefCF.newBuilder().setCommit(ref.getCommit()).build());
      case REF_NOT_SET ->
          throw new ConfigurationRejectedException(
              path + ".ref", "empty", "one of tag, branch, commit");
    };
  }

  private static java.time.Duration duration(String path, Duration value)
      throws ConfigurationRejectedException {
    if (value.getSeconds() < 0 || value.getNanos() < 0) {
      throw new ConfigurationRejectedException(path, value.getSeconds() + "s", "0s or more");
    }
    return java.time.Duration.ofSeconds(value.getSeconds(), value.getNanos());
  }

  private static DryRun dryRun(String path, String value) throws ConfigurationRejectedException {
    return switch (value) {
      case "", "none" -> DryRun.NONE;
      case "client" -> DryRun.CLIENT;
      case "server" -> DryRun.SERVER;
      default ->
          throw new ConfigurationRejectedException(
              path + ".dry_run_strategy", value, "one of none, client, server");
    };
  }

  private static Propagation propagation(String path, String value)
      throws ConfigurationRejectedException {
    return switch (value) {
      case "", "foreground" -> Propagation.FOREGROUND;
      case "background" -> Propagation.BACKGROUND;
      case "orphan" -> Propagation.ORPHAN;
      default ->
          throw new ConfigurationRejectedException(
              path + ".prune_propagation_policy", value, "one of orphan, background, foreground");
    };
  }

  private static InventoryPolicy inventoryPolicy(String path, String value)
      throws ConfigurationRejectedException {
    return switch (value) {
      case "", "must_match" -> InventoryPolicy.MUST_MATCH;
      case "adopt_if_no_inventory" -> InventoryPolicy.ADOPT_IF_NO_INVENTORY;
      case "adopt_all" -> InventoryPolicy.ADOPT_ALL;
      default ->
          throw new ConfigurationRejectedException(
              path + ".inventory_policy",
              value,
              "one of must_match, adopt_if_no_inventory, adopt_all");
    };
  }
}
