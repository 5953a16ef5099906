package io.mooring.agentk.remotedevelopment;

import com.google.protobuf.util.Durations;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.RemoteDevelopmentCF;
import java.time.Duration;

/**
 * What the configuration says of workspaces, with defaults. Equal settings need no restart.
 *
 * @param partial time between two reports of what changed
 * @param full time between two reports of everything
 */
record DevelopmentSettings(long agentId, boolean enabled, Duration partial, Duration full) {
  private static final Duration PARTIAL = Duration.ofSeconds(10);
  private static final Duration FULL = Duration.ofHours(1);

  static DevelopmentSettings of(AgentConfiguration configuration) {
    RemoteDevelopmentCF section = configuration.getRemoteDevelopment();
    return new DevelopmentSettings(
        configuration.getAgentId(),
        section.getEnabled(),
        section.hasPartialSyncInterval() ? of(section.getPartialSyncInterval()) : PARTIAL,
        section.hasFullSyncInterval() ? of(section.getFullSyncInterval()) : FULL);
  }

  private static Duration of(com.google.protobuf.Duration wire) {
    return Duration.ofNanos(Durations.toNanos(wire));
  }
}
