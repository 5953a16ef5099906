package io.mooring.protocol.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "grpc://kas,kas,80,false",
    "GRPCS://kas.example.com/ignored,kas.example.com,443,true",
    "grpc://127.0.0.1:8150,127.0.0.1,8150,false",
    "grpcs://[::1]:1,::1,1,true"
  })
  @Tag("wire-15")
  void readsGrpcAddresses(String text, String host, int port, boolean tls) {
    assertThat(KasAddress.parse("--kas-address", text))
        .isEqualTo(new KasAddress.Grpc(new HostPort(host, port), tls));
  }

  @ParameterizedTest
  @CsvSource({"ws://kas/-/k?a=b,80,false", "wss://kas:8443/,8443,true", "wss://kas,443,true"})
  @Tag("wire-15")
  void readsWebSocketAddressesWhole(String text, int port, boolean tls) {
    var address = (KasAddress.WebSocket) KasAddress.parse("--kas-address", text);

    assertThat(address.uri()).hasToString(text);
    assertThat(address.endpoint()).isEqualTo(new HostPort("kas", port));
    assertThat(address.tls()).isEqualTo(tls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kas:443",
        "http://kas",
        "grpc://",
        "grpc:kas",
        "grpc://kas:99999",
        "grpc://a b",
        "grpc://user:canary@kas"
      })
  @Tag("wire-15")
  void refusesOtherAddressesNamingTheFlag(String text) {
    assertThatThrownBy(() -> KasAddress.parse("--kas-address", text))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("--kas-address: ")
        .hasMessageContaining("expected: ")
        .hasMessageNotContaining("canary");
  }

  @ParameterizedTest
  @CsvSource({
    "unix:/run/gitaly.sock,unix:/run/gitaly.sock",
    "unix:///run/gitaly.sock,unix:/run/gitaly.sock",
    "tcp://gitaly:8075,tcp://gitaly:8075",
    "tls://[::1]:1,tls://[::1]:1",
    "dns:gitaly:8075,dns:///gitaly:8075",
    "dns:///gitaly:8075,dns:///gitaly:8075",
    "dns://1.1.1.1/gitaly:8075,dns://1.1.1.1/gitaly:8075",
    "dns://ns.example.com:5353/gitaly:8075,dns://ns.example.com:5353/gitaly:8075",
    "dns://[::1]/gitaly:8075,dns://[::1]/gitaly:8075"
  })
  void readsGitalyAddresses(String text, String expected) {
    assertThat(GitalyAddress.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unix:",
        "tcp://gitaly",
        "tcp://gitaly:1/path",
        "tls://:1",
        "dns:gitaly",
        "dns://1.1.1.1",
        "dns://1.1.1.1/gitaly",
        "dns://1.1.1.1:x/gitaly:1",
        "http://gitaly:1"
      })
  void refusesOtherGitalyAddresses(String text) {
    assertThatThrownBy(() -> GitalyAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(text);
  }

  @Test
  void listensWhereTheNetworkAllows() throws Exception {
    assertThat(ListenAddress.parse("a", "tcp4", ":8080").socketAddress())
        .hasToString("/0.0.0.0:8080");
    assertThat(ListenAddress.parse("a", "tcp6", "[::1]:0").socketAddress())
        .hasToString("/[0:0:0:0:0:0:0:1]:0");
    assertThat(ListenAddress.parse("a", "", "127.0.0.1:1"))
        .isEqualTo(ListenAddress.tcp("127.0.0.1:1"));
    assertThat(ListenAddress.parse("a", "unix", "/tmp/s").socketAddress())
        .isEqualTo(UnixDomainSocketAddress.of("/tmp/s"));
    assertThatThrownBy(() -> ListenAddress.parse("a", "tcp6", "127.0.0.1:0").socketAddress())
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void refusesAListenAddressNamingTheSetting() {
    assertThatThrownBy(() -> ListenAddress.parse("agent.listen.address", "udp", ":1"))
        .hasMessageContaining("agent.listen.address")
        .hasMessageContaining("udp");
    assertThatThrownBy(() -> ListenAddress.parse("agent.listen.address", "tcp", "8150"))
        .hasMessageContaining("8150");
    assertThatThrownBy(() -> ListenAddress.parse("agent.listen.address", "tcp", ":65536"))
        .hasMessageContaining("65536");
    assertThatThrownBy(() -> ListenAddress.parse("agent.listen.address", "unix", ""))
        .hasMessageContaining("path");
  }

  @Test
  void derivesTheThreeAgesOfAConnection() {
    var age = new ConnectionAge(Duration.ofHours(2));

    assertThat(age.goAway()).isEqualTo(Duration.ofMinutes(24));
    assertThat(age.grace()).isEqualTo(Duration.ofMinutes(78));
    assertThat(age.poll(Duration.ofMinutes(6), 0)).isEqualTo(Duration.ofMinutes(30));
    assertThat(age.poll(Duration.ofMinutes(6), 1)).isEqualTo(Duration.ofSeconds(1890));
    assertThat(age.poll(Duration.ofHours(1), 1)).isZero();
  }
}
