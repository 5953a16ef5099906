package io.mooring.gitlab.monitoring;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.Release;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What this application is. */
@RestController
@RequestMapping("/api/v4")
class VersionController {
  private final GitLabConfiguration configuration;
  private final KasClient kas;
  private final KubernetesProxyUrl proxy;

  VersionController(GitLabConfiguration configuration, KasClient kas, KubernetesProxyUrl proxy) {
    this.configuration = configuration;
    this.kas = kas;
    this.proxy = proxy;
  }

  /** The release whose API this is. */
  record Version(String version, String revision) {}

  /** What agents need to know of kas. */
  record Kas(
      boolean enabled,
      @com.fasterxml.jackson.annotation.JsonProperty("externalUrl") @Nullable String externalUrl,
      @com.fasterxml.jackson.annotation.JsonProperty("externalK8sProxyUrl")
          @Nullable String externalK8sProxyUrl,
      @Nullable String version) {}

  /** The release, and kas. */
  record Metadata(String version, String revision, Kas kas, boolean enterprise) {}

  @GetMapping("/version")
  Version version(Caller caller) {
    User _ = caller.requireUser();
    return new Version(Release.VERSION, Release.REVISION);
  }

  @GetMapping("/metadata")
  Metadata metadata(Caller caller) {
    User _ = caller.requireUser();
    return new Metadata(
        Release.VERSION,
        Release.REVISION,
        new Kas(
            kas.isEnabled(),
            configuration.kas().externalUrl().map(URI::toString).orElse(null),
            kas.isEnabled() ? proxy.value().toString() : null,
            kas.isEnabled() ? "v" + Release.VERSION : null),
        false);
  }
}
