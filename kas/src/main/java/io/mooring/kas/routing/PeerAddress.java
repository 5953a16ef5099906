package io.mooring.kas.routing;

import io.mooring.protocol.transport.HostPort;
import java.net.URI;
import java.net.URISyntaxException;

/** The private API of a replica, as its URL tells (tunnel.md 4, 5.3). */
sealed interface PeerAddress {
  /** {@code grpc://} and {@code grpcs://}. */
  record Tcp(HostPort endpoint, boolean tls) implements PeerAddress {}

  /** {@code unix:}, a socket file of this machine. */
  record Unix(String path) implements PeerAddress {}

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException with the offending text
   */
  static PeerAddress parse(String url) {
    if (url.startsWith("unix:")) {
      String path = url.substring("unix:".length());
      path = path.startsWith("//") ? path.substring(2) : path;
      if (path.isEmpty()) {
        throw new IllegalArgumentException(url + " (expected: unix:// and the path of a socket)");
      }
      return new Unix(path);
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(url + " is no URL: " + e.getReason(), e);
    }
    boolean tls = "grpcs".equals(uri.getScheme());
    boolean bare =
        uri.getUserInfo() == null
            && (uri.getRawPath() == null
                || uri.getRawPath().isEmpty()
                || uri.getRawPath().equals("/"))
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
    if (!(tls || "grpc".equals(uri.getScheme())) || uri.getHost() == null || !bare) {
      throw new IllegalArgumentException(
          url + " (expected: grpc://<host>:<port>, grpcs://<host>:<port> or unix://<path>)");
    }
    String host = uri.getHost();
    return new Tcp(
        new HostPort(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
            uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80),
        tls);
  }
}
