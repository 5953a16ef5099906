package io.mooring.protocol.transport;

import io.mooring.protocol.SettingException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that the usual environment variables name (wire.md 2.8): {@code HTTP_PROXY} for what
 * is not protected by TLS, {@code HTTPS_PROXY} for what is, {@code NO_PROXY} for exceptions, each
 * also in lower case. The machine itself is always reached directly.
 *
 * @param http for connections without TLS
 * @param https for connections with TLS
 * @param direct entries of {@code NO_PROXY}: {@code *}, an address, a network such as {@code
 *     10.0.0.0/8}, a domain with what is below it, {@code .domain} for what is below only; each but
 *     the networks with {@code :port} if it is for one port
 */
public record HttpProxies(
    Optional<HttpProxy> http, Optional<HttpProxy> https, List<String> direct) {
  /** Copies the list. */
  public HttpProxies {
    direct = List.copyOf(direct);
  }

  /** No proxy at all. */
  public static HttpProxies none() {
    return new HttpProxies(Optional.empty(), Optional.empty(), List.of());
  }

  /**
   * Reads the variables.
   *
   * @throws SettingException when one does not name an HTTP proxy
   */
  public static HttpProxies of(Map<String, String> environment) {
    var direct = new ArrayList<String>();
    for (String entry : value(environment, "NO_PROXY").orElse("").split(",", -1)) {
      String exception = entry.strip().toLowerCase(Locale.ROOT);
      if (!exception.isEmpty()) {
        direct.add(exception);
      }
    }
    return new HttpProxies(
        value(environment, "HTTP_PROXY").map(text -> HttpProxy.parse("HTTP_PROXY", text)),
        value(environment, "HTTPS_PROXY").map(text -> HttpProxy.parse("HTTPS_PROXY", text)),
        direct);
  }

  /** The proxy on the way to an endpoint, if there is one. */
  public Optional<HttpProxy> proxy(HostPort endpoint, boolean tls) {
    Optional<HttpProxy> proxy = tls ? https : http;
    return proxy.isPresent() && isDirect(endpoint) ? Optional.empty() : proxy;
  }

  /**
   * The proxy on the way of gRPC without WebSocket, if there is one: {@code HTTPS_PROXY}, without
   * TLS too (wire.md 2.8).
   *
   * @param addresses of the endpoint's name, if it is known here; each may be an exception as well
   */
  public Optional<HttpProxy> grpcProxy(HostPort endpoint, List<InetAddress> addresses) {
    return proxy(endpoint, true)
        .filter(proxy ->
            addresses.stream()
                .map(address -> new HostPort(address.getHostAddress(), endpoint.port()))
                .noneMatch(this::isDirect));
  }

  /** Whether {@code NO_PROXY} or its being this machine keeps an endpoint from every proxy. */
  private boolean isDirect(HostPort endpoint) {
    String host = endpoint.host().toLowerCase(Locale.ROOT);
    Optional<InetAddress> address = literal(host);
    if (host.equals("localhost") || address.filter(InetAddress::isLoopbackAddress).isPresent()) {
      return true;
    }
    return direct.stream().anyMatch(entry -> matches(entry, host, endpoint.port(), address));
  }

  private static boolean matches(
      String entry, String host, int port, Optional<InetAddress> address) {
    if (entry.equals("*")) {
      return true;
    }
    int slash = entry.indexOf('/');
    if (slash >= 0) {
      return address.isPresent() && holds(entry, slash, address.get());
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    boolean hasPort = colon >= 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']');
    if (hasPort) {
      if (!entry.substring(colon + 1).equals(String.valueOf(port))) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    if (address.isPresent()) {
      return literal(name).equals(address);
    }
    if (name.startsWith("*.")) {
      name = name.substring(1);
    }
    return name.startsWith(".")
        ? host.endsWith(name)
        : host.equals(name) || host.endsWith("." + name);
  }

  private static boolean holds(String network, int slash, InetAddress address) {
    Optional<InetAddress> base = literal(network.substring(0, slash));
    String bits = network.substring(slash + 1);
    if (base.isEmpty() || bits.isEmpty() || !bits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    byte[] first = base.get().getAddress();
    byte[] second = address.getAddress();
    int shift = first.length * 8 - (bits.length() > 3 ? 0 : Integer.parseInt(bits));
    return first.length == second.length
        && shift >= 0
        && new BigInteger(1, first)
            .shiftRight(shift)
            .equals(new BigInteger(1, second).shiftRight(shift));
  }

  /** An address that is written as one; a name is not looked up. */
  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name, "");
    String value =
        upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
    return value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }
}
