package io.mooring.protocol.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.HttpConnectProxiedSocketAddress;
import io.mooring.protocol.SettingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("wire-16")
class GrpcProxiesTest {
  private static final InetSocketAddress KAS =
      InetSocketAddress.createUnresolved("kas.example.com", 8150);
  private static final String PROXY = "http://us:canary@192.0.2.1:3128";

  @Test
  void asksForTheAddressThatTheNameHasHere() {
    HttpConnectProxiedSocketAddress way = way(Map.of("HTTPS_PROXY", PROXY), "203.0.113.5");

    assertThat(way.getProxyAddress()).isEqualTo(new InetSocketAddress("192.0.2.1", 3128));
    assertThat(way.getTargetAddress().getHostString()).isEqualTo("203.0.113.5");
    assertThat(way.getTargetAddress().getPort()).isEqualTo(8150);
    assertThat(way.getUsername()).isEqualTo("us");
    assertThat(way.getPassword()).isEqualTo("canary");
    assertThat(way.toString()).doesNotContain("canary");
  }

  @Test
  void asksForTheNameWhereNobodyHereKnowsIt() {
    HttpConnectProxiedSocketAddress way = way(Map.of("HTTPS_PROXY", PROXY));

    assertThat(way.getTargetAddress().isUnresolved()).isTrue();
    assertThat(way.getTargetAddress().getHostString()).isEqualTo("kas.example.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kas.example.com", ".example.com", "203.0.113.0/24", "203.0.113.5", "*"})
  void leavesOutTheProxyForANameOrAnAddress(String exception) {
    var environment = Map.of("HTTPS_PROXY", PROXY, "NO_PROXY", exception);

    assertThat(proxies(environment, "203.0.113.5").proxyFor(KAS)).isNull();
  }

  @Test
  void leavesOutTheProxyForANameOfThisMachine() {
    assertThat(proxies(Map.of("HTTPS_PROXY", PROXY), "127.0.0.1").proxyFor(KAS)).isNull();
  }

  @Test
  void hasNoUseForTheProxyOfClearText() {
    assertThat(proxies(Map.of("HTTP_PROXY", PROXY), "203.0.113.5").proxyFor(KAS)).isNull();
  }

  @Test
  void refusesAProxyBehindTlsUnlessItIsNotOnTheWay() {
    var environment = Map.of("HTTPS_PROXY", "https://proxy", "NO_PROXY", "kas.example.com");
    HttpProxies proxies = HttpProxies.of(environment);

    assertThat(GrpcProxies.of(new HostPort("kas.example.com", 443), proxies)).isNotNull();
    assertThatThrownBy(() -> GrpcProxies.of(new HostPort("kas.example.net", 443), proxies))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("HTTPS_PROXY: has the scheme https");
  }

  private static HttpConnectProxiedSocketAddress way(
      Map<String, String> environment, String... addresses) {
    return (HttpConnectProxiedSocketAddress)
        Objects.requireNonNull(proxies(environment, addresses).proxyFor(KAS));
  }

  private static GrpcProxies proxies(Map<String, String> environment, String... addresses) {
    return new GrpcProxies(
        HttpProxies.of(environment),
        host -> {
          if (addresses.length == 0) {
            throw new UnknownHostException(host);
          }
          return List.of(InetAddress.ofLiteral(addresses[0]));
        });
  }
}
