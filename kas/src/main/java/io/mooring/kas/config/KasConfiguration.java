package io.mooring.kas.config;

import java.util.Optional;

/**
 * All settings of a kas.
 *
 * @param gitlab the GitLab it belongs to
 * @param agent everything that concerns agents
 * @param observability metrics, probes and logs
 * @param gitaly limits towards Gitaly
 * @param redis what replicas share; absent with a single replica
 * @param api the server that GitLab calls
 * @param privateApi the server that other replicas call
 */
public record KasConfiguration(
    GitLabSettings gitlab,
    AgentSettings agent,
    ObservabilitySettings observability,
    GitalySettings gitaly,
    Optional<RedisSettings> redis,
    ApiSettings api,
    PrivateApiSettings privateApi) {

  static KasConfiguration read(Section root) {
    return new KasConfiguration(
        GitLabSettings.read(root.section("gitlab")),
        AgentSettings.read(root.section("agent")),
        ObservabilitySettings.read(root.section("observability")),
        GitalySettings.read(root.section("gitaly")),
        root.optionalSection(
                "redis",
                "The Redis that replicas share. Without it this kas must be the only replica.")
            .map(RedisSettings::read),
        ApiSettings.read(root.section("api").section("listen")),
        PrivateApiSettings.read(root.section("private_api").section("listen")));
  }
}
