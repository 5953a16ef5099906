package io.mooring.gitlab.http;

import java.net.URI;
import java.util.Optional;

/**
 * The address people use. Without a configured one it is the listener's, whose port is known only
 * once it listens. Thread-safe.
 */
public final class ExternalUrl {
  private final Optional<URI> configured;
  private final String scheme;
  private volatile URI listening;

  /** Uses the configured address if there is one, else the listener's. */
  public ExternalUrl(Optional<URI> configured, String host) {
    this(configured, host, false);
  }

  /** The same, where the listener speaks TLS or does not. */
  public ExternalUrl(Optional<URI> configured, String host, boolean tls) {
    this.configured = configured;
    this.scheme = tls ? "https://" : "http://";
    this.listening = URI.create(scheme + (host.contains(":") ? "[" + host + "]" : host));
  }

  /** Tells the port that the listener got. */
  public void listensOn(String host, int port) {
    listening = URI.create(scheme + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
  }

  /** The address without a slash at its end. */
  public URI base() {
    return configured
        .map(url -> URI.create(url.toString().replaceAll("/+$", "")))
        .orElse(listening);
  }

  /** The address of a path that begins with a slash. */
  public String of(String path) {
    return base() + path;
  }

  /** Whether people use https. */
  public boolean isSecure() {
    return "https".equals(base().getScheme());
  }

  /** The host name alone. */
  public String host() {
    return base().getHost();
  }
}
