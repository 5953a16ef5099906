package io.mooring.kas.config;

import io.mooring.protocol.SettingException;
import java.time.Duration;
import java.util.Optional;

/**
 * Everything that concerns agents.
 *
 * @param listen the agent server
 * @param configuration reading of agents' configuration files
 * @param gitops reading of manifests
 * @param infoCacheTtl how long a good answer about a token is believed; zero asks GitLab every time
 * @param infoCacheErrorTtl how long a refusal of a token is believed
 * @param redisConnInfoTtl life of an entry about a connected agent without a refresh
 * @param redisConnInfoRefresh period of the refresh
 * @param redisConnInfoGc period of removing expired entries of others
 * @param kubernetesApi the proxy to the clusters; absent is none
 */
public record AgentSettings(
    AgentListen listen,
    AgentConfigurationSettings configuration,
    GitopsSettings gitops,
    Duration infoCacheTtl,
    Duration infoCacheErrorTtl,
    Duration redisConnInfoTtl,
    Duration redisConnInfoRefresh,
    Duration redisConnInfoGc,
    Optional<KubernetesApiSettings> kubernetesApi) {

  /** Refuses a refresh that would come too late. */
  public AgentSettings {
    if (redisConnInfoRefresh.compareTo(redisConnInfoTtl) >= 0) {
      throw new SettingException(
          "agent.redis_conn_info_refresh",
          SettingLog.plain(redisConnInfoRefresh)
              + " (expected: less than agent.redis_conn_info_ttl, "
              + SettingLog.plain(redisConnInfoTtl)
              + ")");
    }
  }

  static AgentSettings read(Section section) {
    AgentListen listen = AgentListen.read(section.section("listen"));
    AgentConfigurationSettings configuration =
        AgentConfigurationSettings.read(section.section("configuration"));
    GitopsSettings gitops = GitopsSettings.read(section.section("gitops"));
    Duration infoTtl =
        section.duration(
            "info_cache_ttl",
            Duration.ofMinutes(5),
            "How long GitLab's answer about an agent token is believed. `0s` asks every time, errors included.");
    Duration infoErrorTtl =
        section.duration(
            "info_cache_error_ttl",
            Duration.ofMinutes(1),
            "How long GitLab's refusal of an agent token (401, 403, 404) is believed, by all replicas.");
    Duration connTtl =
        section.duration(
            "redis_conn_info_ttl",
            Duration.ofMinutes(5),
            "After this time an entry about a connected agent is ignored unless it was refreshed.");
    Duration connRefresh =
        section.duration(
            "redis_conn_info_refresh",
            Duration.ofMinutes(4),
            "How often the entries are refreshed. Must be less than `redis_conn_info_ttl`.");
    Duration connGc =
        section.duration(
            "redis_conn_info_gc",
            Duration.ofMinutes(10),
            "How often expired entries of replicas that are gone are removed.");
    section.unused("remote_development", "the original does not use it either.");
    Optional<KubernetesApiSettings> kubernetesApi =
        section
            .optionalSection(
                "kubernetes_api",
                "The proxy to the Kubernetes APIs of agents. Without the section there is none; with an empty one, `{}`, it has its defaults.")
            .map(KubernetesApiSettings::read);
    return new AgentSettings(
        listen,
        configuration,
        gitops,
        infoTtl,
        infoErrorTtl,
        connTtl,
        connRefresh,
        connGc,
        kubernetesApi);
  }
}
