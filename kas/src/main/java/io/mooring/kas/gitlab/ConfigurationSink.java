package io.mooring.kas.gitlab;

import io.mooring.protocol.yaml.Problem;
import io.mooring.wire.agentcfg.ConfigurationFile;
import java.util.List;

/**
 * Tells GitLab what became of an agent's configuration file.
 *
 * <p>Both methods block until GitLab answered or the retries ended, and never throw for a failure
 * of GitLab: that is logged here, because it must not disturb the agent (config.md B2, step 6).
 */
public interface ConfigurationSink {
  /** The file of a new commit was read and is on its way to the agent. */
  void configurationApplied(long agentId, ConfigurationFile file);

  /** The file of this commit cannot be used; the agent keeps the last good one. */
  void rejected(long agentId, String commitId, List<Problem> problems);
}
