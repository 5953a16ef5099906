package io.mooring.agentk.doctor;

import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.HttpProxy;
import io.mooring.protocol.transport.KasAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * The way to kas, up to where TLS or HTTP begins: straight, or through an HTTP proxy.
 *
 * @param target host and port of kas
 * @param proxy on the way
 * @param asked what the proxy is asked for
 */
record Route(HostPort target, Optional<HttpProxy> proxy, String asked) {
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  /** Chooses as the agent does. */
  static Route to(KasAddress address, HttpProxies proxies) {
    return switch (address) {
      case KasAddress.WebSocket(var ignored, HostPort endpoint, boolean tls) ->
          new Route(endpoint, proxies.proxy(endpoint, tls), endpoint.toString());
      case KasAddress.Grpc(HostPort endpoint, boolean ignored) -> {
        boolean named = proxies.proxy(endpoint, true).isPresent();
        List<InetAddress> addresses = named ? addresses(endpoint.host()) : List.of();
        yield new Route(
            endpoint,
            proxies.grpcProxy(endpoint, addresses),
            addresses.isEmpty()
                ? endpoint.toString()
                : new HostPort(addresses.getFirst().getHostAddress(), endpoint.port()).toString());
      }
    };
  }

  Finding describe(KasAddress address, HttpProxies proxies) throws UnhealthyException {
    boolean grpc = address instanceof KasAddress.Grpc;
    if (proxy.isPresent()) {
      HttpProxy found = proxy.get();
      if (grpc && found.tls()) {
        throw new UnhealthyException(
            Check.PROXY,
            "HTTPS_PROXY names a proxy that is reached by TLS",
            "https://" + found.endpoint(),
            "http://..., because gRPC cannot reach a proxy by TLS",
            "set HTTPS_PROXY to its http:// address, use a wss:// address of kas, or put "
                + target.host()
                + " into NO_PROXY");
      }
      return Finding.ok(
          Check.PROXY, "goes through a proxy of the environment", found.endpoint().toString());
    }
    boolean any = proxies.http().isPresent() || proxies.https().isPresent();
    return Finding.ok(
        Check.PROXY,
        any
            ? "goes to kas directly: the environment names a proxy, but not for this address"
            : "goes to kas directly: the environment names no proxy",
        "");
  }

  HostPort peer() {
    return proxy.map(HttpProxy::endpoint).orElse(target);
  }

  /** Looks the name up. */
  List<InetAddress> resolve() throws UnhealthyException {
    try {
      return List.of(InetAddress.getAllByName(peer().host()));
    } catch (UnknownHostException e) {
      throw new UnhealthyException(
          Check.DNS,
          "the name " + peer().host() + " cannot be resolved",
          "no address",
          "an A or AAAA record",
          proxy.isPresent()
              ? "check the host in the proxy variable, and the DNS of this Pod"
              : "check the host of --kas-address and the DNS of this Pod; where only a proxy resolves"
                  + " outer names, set HTTPS_PROXY (HTTP_PROXY for ws://)");
    }
  }

  /** Connects to the first address that takes it. */
  Line connect(List<InetAddress> addresses, Bound bound) throws UnhealthyException {
    var failures = Stream.<String>builder();
    for (InetAddress address : addresses) {
      try {
        return Line.open(new InetSocketAddress(address, peer().port()), bound);
      } catch (IOException e) {
        failures.add(address.getHostAddress() + ": " + e.getMessage());
      }
    }
    throw new UnhealthyException(
        Check.TCP,
        "no TCP connection to " + peer(),
        failures.build().collect(Collectors.joining("; ")),
        "an open port within " + bound.text(),
        "check host and port, firewalls and NetworkPolicies for egress; 'refused' means nobody"
            + " listens there, a timeout means the packets are dropped");
  }

  /** Asks the proxy, if there is one, for a way to kas. */
  Line through(Line line, SSLSocketFactory tls, Bound bound) throws UnhealthyException {
    if (proxy.isEmpty()) {
      return line;
    }
    HttpProxy found = proxy.get();
    try {
      Line open = line;
      if (found.tls()) {
        var secured =
            (SSLSocket)
                tls.createSocket(
                    line.socket(), found.endpoint().host(), found.endpoint().port(), true);
        secured.setSoTimeout(bound.millis());
        secured.startHandshake();
        open = Line.over(secured);
      }
      open.send(
          "CONNECT "
              + asked
              + " HTTP/1.1\r\nHost: "
              + asked
              + "\r\nUser-Agent: "
              + BuildInfo.current().agent()
              + "\r\n"
              + found
                  .authorization()
                  .map(secret -> "Proxy-Authorization: " + secret.text() + "\r\n")
                  .orElse("")
              + "\r\n");
      HttpHead answer = open.head(bound);
      if (answer.status() / 100 != 2) {
        throw refused(found, answer);
      }
      return open;
    } catch (IOException e) {
      throw new UnhealthyException(
          Check.CONNECT,
          "the proxy " + found.endpoint() + " does not answer CONNECT",
          String.valueOf(e.getMessage()),
          "HTTP/1.1 200 within " + bound.text(),
          "check that an HTTP proxy listens there; SOCKS proxies are not supported");
    }
  }

  private UnhealthyException refused(HttpProxy found, HttpHead answer) {
    boolean wantsPassword = answer.status() == PROXY_AUTHENTICATION_REQUIRED;
    return new UnhealthyException(
        Check.CONNECT,
        "the proxy " + found.endpoint() + " refuses CONNECT to " + asked,
        answer.line(),
        "200",
        wantsPassword
            ? found.credentials().isPresent()
                ? "correct name and password in the proxy variable, or put "
                    + target.host()
                    + " into NO_PROXY"
                : "put name and password into the proxy variable: http://user:password@"
                    + found.endpoint()
                    + ", or put "
                    + target.host()
                    + " into NO_PROXY"
            : "let the proxy allow CONNECT to "
                + asked
                + ", or put "
                + target.host()
                + " into NO_PROXY if it can be reached without it");
  }

  private static List<InetAddress> addresses(String host) {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }
}
