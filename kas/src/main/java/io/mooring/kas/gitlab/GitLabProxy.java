package io.mooring.kas.gitlab;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.HttpProxy;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Map;

/** The HTTP proxy on the way to GitLab. */
final class GitLabProxy {
  private GitLabProxy() {}

  /**
   * The one that the usual environment variables name for this address.
   *
   * @throws SettingException when they name none that can be used
   */
  static ProxySelector of(URI address, Map<String, String> environment) {
    boolean tls = "https".equals(address.getScheme());
    String host = address.getHost().replaceAll("^\\[|]$", "");
    int port = address.getPort() >= 0 ? address.getPort() : tls ? 443 : 80;
    return HttpProxies.of(environment)
        .proxy(new HostPort(host, port), tls)
        .map(proxy -> selector(tls ? "HTTPS_PROXY" : "HTTP_PROXY", proxy))
        .orElse(HttpClient.Builder.NO_PROXY);
  }

  private static ProxySelector selector(String variable, HttpProxy proxy) {
    if (proxy.tls() || proxy.authorization().isPresent()) {
      throw new SettingException(
          variable,
          (proxy.tls() ? "names a proxy with TLS" : "has a user and a password")
              + ", with which kas cannot reach GitLab (expected: http://host:port, or the address"
              + " of GitLab in NO_PROXY)");
    }
    return ProxySelector.of(
        InetSocketAddress.createUnresolved(proxy.endpoint().host(), proxy.endpoint().port()));
  }
}
