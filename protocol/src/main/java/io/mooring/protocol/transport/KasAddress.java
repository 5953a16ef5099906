package io.mooring.protocol.transport;

import io.mooring.protocol.SettingException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where an agent finds kas: the value of {@code --kas-address} (wire.md 2.1). */
public sealed interface KasAddress {
  /** Whether TLS protects the connection. */
  boolean tls();

  /**
   * gRPC over HTTP/2: {@code grpc://} and {@code grpcs://}. Every resolved address gets a
   * connection and calls go round robin over them.
   *
   * @param endpoint host and port; the port defaults to 80, with TLS to 443
   * @param tls {@code grpcs}
   */
  record Grpc(HostPort endpoint, boolean tls) implements KasAddress {
    @Override
    public String toString() {
      return (tls ? "grpcs://" : "grpc://") + endpoint;
    }
  }

  /**
   * gRPC inside a WebSocket: {@code ws://} and {@code wss://}.
   *
   * @param uri the whole address, requested with its path and query
   * @param endpoint host and port; the port defaults to 80, with TLS to 443
   * @param tls {@code wss}
   */
  record WebSocket(URI uri, HostPort endpoint, boolean tls) implements KasAddress {
    @Override
    public String toString() {
      return uri.toString();
    }
  }

  /**
   * Reads an address.
   *
   * @param setting name of the setting, for the error
   * @throws SettingException for another scheme or a missing host
   */
  static KasAddress parse(String setting, String text) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw new SettingException(setting, text + " is no URL: " + e.getReason() + EXPECTED, e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("grpcs") || scheme.equals("wss");
    switch (scheme) {
      case "grpc", "grpcs", "ws", "wss" -> {}
      default ->
          throw new SettingException(
              setting,
              text
                  + " has "
                  + (scheme.isEmpty() ? "no scheme" : "the scheme " + scheme)
                  + EXPECTED);
    }
    if (uri.getHost() == null) {
      throw new SettingException(setting, text + " has no host" + EXPECTED);
    }
    if (uri.getUserInfo() != null) {
      throw new SettingException(
          setting, "the address holds user information, which is never sent" + EXPECTED);
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    if (port > 65535) {
      throw new SettingException(
          setting, text + " has the port " + port + " (expected: at most 65535)");
    }
    String host = uri.getHost();
    var endpoint =
        new HostPort(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    return scheme.startsWith("grpc") ? new Grpc(endpoint, tls) : new WebSocket(uri, endpoint, tls);
  }

  /** What every error of {@link #parse} ends with. */
  String EXPECTED =
      " (expected: grpc://host[:port], grpcs://host[:port], ws://host[:port][/path] or wss://host[:port][/path])";
}
