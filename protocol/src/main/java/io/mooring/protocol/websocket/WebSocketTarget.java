package io.mooring.protocol.websocket;

import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.HttpProxy;
import io.mooring.protocol.transport.KasAddress;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * All that one connection is made from.
 *
 * @param address of kas
 * @param tls for {@code wss}, and for a proxy that is reached by TLS
 * @param serverName the name to verify
 * @param proxy stands between, if there is one
 * @param userAgent of the handshake
 * @param headers of the handshake, beside its own
 * @param random for keys that cannot be guessed (RFC 6455 10.3)
 */
record WebSocketTarget(
    KasAddress.WebSocket address,
    SslContext tls,
    String serverName,
    Optional<HttpProxy> proxy,
    String userAgent,
    List<HandshakeHeader> headers,
    RandomGenerator random) {

  /** Where the TCP connection goes. */
  HostPort peer() {
    return proxy.map(HttpProxy::endpoint).orElse(address.endpoint());
  }

  /**
   * What the original sends as {@code :authority}: the whole address, in which everything but the
   * characters of an authority (RFC 3986 3.2) is percent-encoded (wire.md 2.1).
   */
  String authority() {
    var encoded = new StringBuilder();
    for (byte octet : address.uri().toString().getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (octet >= 'a' && octet <= 'z')
              || (octet >= 'A' && octet <= 'Z')
              || (octet >= '0' && octet <= '9')
              || "-._~!$&'()*+,;=:[]@".indexOf(octet) >= 0;
      if (plain) {
        encoded.append((char) octet);
      } else {
        encoded.append(String.format("%%%02X", octet));
      }
    }
    return encoded.toString();
  }

  /** Path and query to request. */
  String path() {
    String path = address.uri().getRawPath();
    String query = address.uri().getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  /** Value of {@code Host}: as the address has it, without a colon that no port follows. */
  String host() {
    String authority = address.uri().getRawAuthority();
    return authority.endsWith(":") ? authority.substring(0, authority.length() - 1) : authority;
  }
}
