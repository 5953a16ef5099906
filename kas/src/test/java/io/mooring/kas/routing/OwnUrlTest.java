package io.mooring.kas.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.kas.config.Listener;
import io.mooring.protocol.SettingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnUrlTest {
  private static final List<InetAddress> INTERFACES =
      List.of(
          InetAddress.ofLiteral("127.0.0.1"),
          InetAddress.ofLiteral("10.1.2.3"),
          InetAddress.ofLiteral("192.168.7.7"),
          InetAddress.ofLiteral("fd00::5"));

  @Test
  void takesACompleteUrlAsItIs() {
    assertThat(detect(Map.of("OWN_PRIVATE_API_URL", "grpc://10.0.0.1:99"), "tcp", "0.0.0.0:8155"))
        .isEqualTo("grpc://10.0.0.1:99");
  }

  @Test
  void picksTheAddressInTheRange() {
    assertThat(
            detect(
                Map.of(
                    "OWN_PRIVATE_API_CIDR",
                    "10.0.0.0/8",
                    "OWN_PRIVATE_API_SCHEME",
                    "grpcs",
                    "OWN_PRIVATE_API_PORT",
                    "99"),
                "tcp",
                "0.0.0.0:8155"))
        .isEqualTo("grpcs://10.1.2.3:99");
    assertThat(detect(Map.of("OWN_PRIVATE_API_CIDR", "192.168.0.0/16"), "tcp", "0.0.0.0:8155"))
        .isEqualTo("grpc://192.168.7.7:8155");
  }

  @Test
  void fallsBackToWhereItListens() {
    assertThat(detect(Map.of(), "tcp", "10.1.2.3:8155")).isEqualTo("grpc://10.1.2.3:8155");
    assertThat(detect(Map.of(), "tcp", "kas.example.com:8155"))
        .isEqualTo("grpc://kas.example.com:8155");
    assertThat(detect(Map.of(), "unix", "/run/kas.sock")).isEqualTo("unix:///run/kas.sock");
  }

  @ParameterizedTest
  @CsvSource({
    "OWN_PRIVATE_API_URL, http://10.0.0.1, OWN_PRIVATE_API_URL",
    "OWN_PRIVATE_API_CIDR, 172.16.0.0/12, holds 0 addresses",
    "OWN_PRIVATE_API_CIDR, 0.0.0.0/0, holds 3 addresses",
    "OWN_PRIVATE_API_CIDR, 10.0.0.0/33, at most 32 bits",
    "OWN_PRIVATE_API_SCHEME, http, grpc or grpcs",
  })
  void namesTheVariableThatDoesNotWork(String name, String value, String text) {
    assertThatThrownBy(() -> detect(Map.of(name, value), "tcp", "10.1.2.3:8155"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(text);
  }

  @Test
  void refusesBothUrlAndRange() {
    assertThatThrownBy(() ->
            detect(
                Map.of(
                    "OWN_PRIVATE_API_URL",
                    "grpc://10.0.0.1:1",
                    "OWN_PRIVATE_API_CIDR",
                    "10.0.0.0/8"),
                "tcp",
                "10.1.2.3:8155"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("one of them");
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0:8155", ":8155", "[::]:8155"})
  void refusesAWildcardThatNobodyCanConnectTo(String address) {
    assertThatThrownBy(() -> detect(Map.of(), "tcp", address))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(address);
  }

  @Test
  void wantsANameWhereThePrivateApiHasTls() {
    Listener tls =
        new Listener(
            "private_api.listen",
            "tcp",
            "10.1.2.3:8155",
            Optional.of(Path.of("cert.pem")),
            Optional.of(Path.of("key.pem")));

    assertThatThrownBy(() -> OwnUrl.serverName(Map.of(), tls))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("OWN_PRIVATE_API_HOST");
    assertThat(OwnUrl.serverName(Map.of("OWN_PRIVATE_API_HOST", "kas"), tls)).contains("kas");
  }

  private static String detect(Map<String, String> environment, String network, String address) {
    return OwnUrl.detect(
        environment,
        new Listener("private_api.listen", network, address, Optional.empty(), Optional.empty()),
        InetSocketAddress.createUnresolved("bound", 8155),
        INTERFACES);
  }
}
