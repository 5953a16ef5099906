package io.mooring.kas.gitlab;

import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxy that the usual environment variables name: {@code HTTP_PROXY}, {@code HTTPS_PROXY},
 * {@code NO_PROXY}, or the same in lower case. The machine itself is always reached directly.
 */
final class ProxyEnvironment extends ProxySelector {
  private final Optional<InetSocketAddress> http;
  private final Optional<InetSocketAddress> https;
  private final List<String> direct;

  private ProxyEnvironment(
      Optional<InetSocketAddress> http, Optional<InetSocketAddress> https, List<String> direct) {
    this.http = http;
    this.https = https;
    this.direct = direct;
  }

  /**
   * Reads the variables.
   *
   * @throws SettingException when one does not name a proxy
   */
  static ProxyEnvironment of(Map<String, String> environment) {
    String exceptions = value(environment, "NO_PROXY").orElse("");
    return new ProxyEnvironment(
        proxy(environment, "HTTP_PROXY"),
        proxy(environment, "HTTPS_PROXY"),
        List.of(exceptions.toLowerCase(Locale.ROOT).split("[,\\s]+")));
  }

  @Override
  public List<Proxy> select(URI uri) {
    Optional<InetSocketAddress> proxy = "https".equals(uri.getScheme()) ? https : http;
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (proxy.isEmpty() || isDirect(host, host + ":" + uri.getPort())) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(new Proxy(Proxy.Type.HTTP, proxy.get()));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The call fails with the same exception, and its caller reports it.
  }

  private boolean isDirect(String host, String endpoint) {
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
      return true;
    }
    for (String entry : direct) {
      String suffix = entry.startsWith(".") ? entry : "." + entry;
      if (entry.equals("*")
          || (!entry.isEmpty()
              && (host.equals(entry) || endpoint.equals(entry) || host.endsWith(suffix)))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<InetSocketAddress> proxy(Map<String, String> environment, String name) {
    return value(environment, name)
        .map(text -> {
          URI uri = uri(name, text.contains("://") ? text : "http://" + text);
          int port = uri.getPort() < 0 ? 80 : uri.getPort();
          return InetSocketAddress.createUnresolved(uri.getHost(), port);
        });
  }

  private static URI uri(String name, String text) {
    try {
      URI uri = URI.create(text);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new SettingException(name, "not a URL (expected: http://host:port)", e);
    }
    throw new SettingException(name, "not an HTTP proxy (expected: http://host:port)");
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    String lower = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    String value = lower.isEmpty() ? environment.getOrDefault(name, "") : lower;
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }
}
