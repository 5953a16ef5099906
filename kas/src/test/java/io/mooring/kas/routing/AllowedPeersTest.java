package io.mooring.kas.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedPeersTest {
  @ParameterizedTest
  @Tag("fault-42")
  @CsvSource({
    "grpc://10.0.0.1:8155, '', grpc://10.0.0.2:8155, true",
    "grpc://10.0.0.1:8155, '', grpcs://10.0.0.2:8155, true",
    "grpc://10.0.0.1:8155, '', grpc://kas-2.kas:8155, true",
    "grpcs://10.0.0.1:8155, '', grpc://10.0.0.2:8155, false",
    "grpc://10.0.0.1:8155, '', unix:///run/docker.sock, false",
    "unix:///run/a.sock, '', unix:///run/b.sock, true",
    "grpc://10.0.0.1:8155, '', grpc://169.254.169.254:80, false",
    "grpc://10.0.0.1:8155, '', grpc://127.0.0.1:6379, false",
    "grpc://127.0.0.1:8155, '', grpc://127.0.0.1:8156, true",
    "grpc://10.0.0.1:8155, '', grpc://0.0.0.0:80, false",
    "grpc://10.0.0.1:8155, '', grpc://224.0.0.1:80, false",
    "grpc://10.0.0.1:8155, '10.0.0.0/8, fd00::/8', grpc://10.9.9.9:80, true",
    "grpc://10.0.0.1:8155, '10.0.0.0/8, fd00::/8', grpc://[fd00::1]:80, true",
    "grpc://10.0.0.1:8155, 10.0.0.0/8, grpc://11.0.0.1:80, false",
    "grpc://10.0.0.1:8155, 10.0.0.0/8, grpc://attacker.example.com:80, false",
  })
  void callsOnlyWhatLooksLikeAReplica(String own, String ranges, String peer, boolean allowed) {
    AllowedPeers peers =
        AllowedPeers.of(PeerAddress.parse(own), Map.of("PEER_PRIVATE_API_CIDRS", ranges));

    assertThat(peers.objection(PeerAddress.parse(peer)).isEmpty()).isEqualTo(allowed);
  }

  @ParameterizedTest
  @Tag("fault-42")
  @ValueSource(
      strings = {
        "http://10.0.0.1",
        "grpc://user:password@10.0.0.1:1",
        "grpc://10.0.0.1:1/path",
        "grpc://10.0.0.1:1?q",
        "grpc://",
        "unix:",
        "",
        "x y",
      })
  void readsNoOtherUrls(String url) {
    assertThatThrownBy(() -> PeerAddress.parse(url)).isInstanceOf(IllegalArgumentException.class);
  }
}
