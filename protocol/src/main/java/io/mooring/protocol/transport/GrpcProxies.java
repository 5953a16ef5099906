package io.mooring.protocol.transport;

import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.mooring.protocol.SettingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxy on the way of gRPC to kas: {@code HTTPS_PROXY}, without TLS too, asked by {@code
 * CONNECT} for the address that the name has here (wire.md 2.8). Two things are kinder than the
 * original, which knows the address only: {@code NO_PROXY} may hold the name as well, and a name
 * that nobody here can resolve is left to the proxy.
 */
final class GrpcProxies implements ProxyDetector {
  private final HttpProxies proxies;
  private final Lookup lookup;

  /** The addresses of a name. */
  interface Lookup {
    /** Blocks; never answers an empty list. */
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  GrpcProxies(HttpProxies proxies, Lookup lookup) {
    this.proxies = proxies;
    this.lookup = lookup;
  }

  /**
   * The detector of a channel.
   *
   * @throws SettingException when the proxy for the endpoint is reached by TLS
   */
  static GrpcProxies of(HostPort endpoint, HttpProxies proxies) {
    if (proxies.proxy(endpoint, true).filter(HttpProxy::tls).isPresent()) {
      throw new SettingException(
          "HTTPS_PROXY",
          "has the scheme https, by which gRPC cannot reach a proxy"
              + " (expected: http://..., or an address of kas with wss://, or kas in NO_PROXY)");
    }
    return new GrpcProxies(proxies, host -> List.of(InetAddress.getAllByName(host)));
  }

  @Override
  public @Nullable ProxiedSocketAddress proxyFor(SocketAddress target) {
    return target instanceof InetSocketAddress inet ? proxied(inet).orElse(null) : null;
  }

  private Optional<ProxiedSocketAddress> proxied(InetSocketAddress target) {
    var endpoint = new HostPort(target.getHostString(), target.getPort());
    if (proxies.proxy(endpoint, true).isEmpty()) {
      return Optional.empty();
    }
    List<InetAddress> addresses = addresses(endpoint.host());
    return proxies
        .grpcProxy(endpoint, addresses)
        .map(proxy ->
            through(
                proxy,
                addresses.isEmpty()
                    ? target
                    : new InetSocketAddress(nameless(addresses.getFirst()), target.getPort())));
  }

  private List<InetAddress> addresses(String host) {
    try {
      return lookup.addresses(host);
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private static ProxiedSocketAddress through(HttpProxy proxy, InetSocketAddress target) {
    HostPort endpoint = proxy.endpoint();
    var address =
        HttpConnectProxiedSocketAddress.newBuilder()
            .setTargetAddress(target)
            .setProxyAddress(new InetSocketAddress(endpoint.host(), endpoint.port()));
    // Not as a header: gRPC shows those in its messages.
    proxy
        .credentials()
        .ifPresent(credentials ->
            address.setUsername(credentials.user()).setPassword(credentials.password().text()));
    return address.build();
  }

  /** Without the name it was looked up by, which would be asked of the proxy otherwise. */
  private static InetAddress nameless(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "an address has " + address.getAddress().length + " bytes", e);
    }
  }
}
