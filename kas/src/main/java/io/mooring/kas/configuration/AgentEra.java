package io.mooring.kas.configuration;

import io.mooring.wire.agentcfg.GitopsCF;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an agent is too old for, and what it gets instead (v14-differences.md 3). */
enum AgentEra {
  /** Takes the configuration as it is. */
  CURRENT,
  /** Registers itself nowhere and refuses manifest projects without an id. */
  UNREGISTERED,
  /** The same, and would take a requested ref for the default branch. */
  WITHOUT_REFS;

  private static final Pattern MAJOR = Pattern.compile("v?(\\d{1,4})\\..*");

  // The first major version whose agents know the ref of a manifest project for certain.
  private static final int FIRST_WITH_REFS = 15;

  static AgentEra of(ConfigurationRequest request) {
    if (request.getSkipRegister()) {
      return CURRENT;
    }
    Matcher version = MAJOR.matcher(request.getAgentMeta().getVersion());
    // Unstamped builds call themselves v0.0.0 and are taken for new.
    boolean old = version.matches() && isBefore(Integer.parseInt(version.group(1)));
    return old ? WITHOUT_REFS : UNREGISTERED;
  }

  /** The part of a configuration that this agent can be given. */
  GitopsCF fitting(GitopsCF gitops, String projectPath) {
    if (this == CURRENT) {
      return gitops;
    }
    GitopsCF.Builder fitting = GitopsCF.newBuilder();
    for (ManifestProjectCF project : gitops.getManifestProjectsList()) {
      if (this == WITHOUT_REFS && project.hasRef()) {
        continue;
      }
      fitting.addManifestProjects(
          project.hasId() ? project : project.toBuilder().setId(projectPath).build());
    }
    return fitting.build();
  }

  private static boolean isBefore(int major) {
    return major > 0 && major < FIRST_WITH_REFS;
  }
}
