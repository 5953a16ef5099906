package io.mooring.kas.config;

import java.time.Duration;

/**
 * The HTTP proxy to the Kubernetes APIs of agents.
 *
 * @param listener where it listens
 * @param listenGracePeriod as of {@link AgentListen}
 * @param shutdownGracePeriod how long running requests may go on after that
 * @param urlPathPrefix begins and ends with a slash
 * @param allowedAgentCacheTtl how long GitLab's yes to a credential is believed
 * @param allowedAgentCacheErrorTtl how long GitLab's no is believed
 */
public record KubernetesApiSettings(
    Listener listener,
    Duration listenGracePeriod,
    Duration shutdownGracePeriod,
    String urlPathPrefix,
    Duration allowedAgentCacheTtl,
    Duration allowedAgentCacheErrorTtl) {

  /** Adds the slashes that are missing at the ends of the prefix. */
  public KubernetesApiSettings {
    urlPathPrefix = urlPathPrefix.startsWith("/") ? urlPathPrefix : "/" + urlPathPrefix;
    urlPathPrefix = urlPathPrefix.endsWith("/") ? urlPathPrefix : urlPathPrefix + "/";
  }

  static KubernetesApiSettings read(Section section) {
    Section listen = section.section("listen");
    return new KubernetesApiSettings(
        Listener.read(listen, "0.0.0.0:8154", "kubectl and other clients of clusters connect to"),
        listen.duration(
            "listen_grace_period", Duration.ofSeconds(5), ApiSettings.LISTEN_GRACE_PERIOD),
        listen.duration(
            "shutdown_grace_period",
            Duration.ofHours(1),
            "How long running requests may go on after that before they are cut."),
        section.text(
            "url_path_prefix",
            "/",
            "What precedes the path of the Kubernetes API. A slash that is missing at its end is added."),
        section.duration(
            "allowed_agent_cache_ttl",
            Duration.ofMinutes(1),
            "How long GitLab's permission for a credential is believed. `0s` asks every time."),
        section.duration(
            "allowed_agent_cache_error_ttl",
            Duration.ofSeconds(10),
            "How long GitLab's refusal of a credential (401, 403, 404) is believed, by all replicas."));
  }
}
