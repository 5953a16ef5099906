package io.mooring.gitlab.kas;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.ExternalUrl;
import java.net.URI;
import java.util.Optional;

/**
 * The address under which kas serves clusters to kubectl and to browsers (gitlab-side.md 2.3).
 * Thread-safe.
 */
public final class KubernetesProxyUrl {
  private final GitLabConfiguration.Kas configured;
  private final ExternalUrl external;
  private volatile Optional<URI> told = Optional.empty();

  /** The configured address, else one made of those that are known. */
  public KubernetesProxyUrl(GitLabConfiguration.Kas configured, ExternalUrl external) {
    this.configured = configured;
    this.external = external;
  }

  /** Tells the address, when it is known only after this application runs. */
  public void tell(URI url) {
    told = Optional.of(url);
  }

  /** The address for browsers, which may be another than that for kubectl. */
  public URI forBrowsers() {
    return configured.browserK8sProxyUrl().orElseGet(this::value);
  }

  /** The address. */
  public URI value() {
    return told.or(configured::kubernetesProxyUrl)
        .orElseGet(() -> URI.create(external.of("/k8s-proxy")));
  }
}
