package io.mooring.kas.configuration;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mooring.kas.gitlab.ConfigurationSink;
import io.mooring.protocol.yaml.Problem;
import io.mooring.wire.agentcfg.ConfigurationFile;
import java.time.Duration;
import java.util.List;

/**
 * Tells GitLab of configuration files, on threads of its own, and of a rejected one not with every
 * attempt of its agent. Thread-safe; never blocks the caller.
 */
final class Rejections {
  /** Told again after this time: GitLab may not have taken it the first time. */
  private static final Duration REPEAT = Duration.ofMinutes(10);

  /** Agents whose last file was rejected; a forgotten one is told of again. */
  private static final int MAX_AGENTS = 20_000;

  private final ConfigurationSink sink;
  private final Cache<Long, String> told =
      Caffeine.newBuilder().maximumSize(MAX_AGENTS).expireAfterWrite(REPEAT).build();

  Rejections(ConfigurationSink sink) {
    this.sink = sink;
  }

  /** The file of a commit cannot be used. */
  void rejected(long agentId, String commit, List<Problem> problems) {
    String before = told.asMap().put(agentId, commit);
    if (!commit.equals(before)) {
      start(() -> sink.rejected(agentId, commit, problems));
    }
  }

  /**
   * The file can be used.
   *
   * @return the thread that tells GitLab
   */
  Thread applied(long agentId, ConfigurationFile file) {
    told.invalidate(agentId);
    return start(() -> sink.configurationApplied(agentId, file));
  }

  /** Whether the last file of the agent that was told of here was a rejected one. */
  boolean isLast(long agentId) {
    return told.getIfPresent(agentId) != null;
  }

  private static Thread start(Runnable telling) {
    return Thread.ofVirtual().name("configuration-sink").start(telling);
  }
}
