package io.mooring.gitlab.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final AddressGuard guard = new AddressGuard(List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.1.2.3",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void refusesWhatIsNotPublic(String address) {
    assertThat(guard.permits(InetAddress.ofLiteral(address))).isFalse();
    assertThatThrownBy(() -> guard.resolve(address))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no address that may be called");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"})
  void permitsWhatIsPublic(String address) {
    assertThat(guard.permits(InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2130706433", "0x7f000001", "127.1", "localhost", "localhost."})
  void refusesLoopbackUnderEveryName(String host) {
    assertThatThrownBy(() -> guard.resolve(host)).isInstanceOf(UnknownHostException.class);
  }

  @Test
  void permitsWhatTheOperatorAllows() {
    var lenient = new AddressGuard(List.of("10.2.0.0/16", "::1"));

    assertThat(lenient.permits(InetAddress.ofLiteral("10.2.3.4"))).isTrue();
    assertThat(lenient.permits(InetAddress.ofLiteral("::1"))).isTrue();
    assertThat(lenient.permits(InetAddress.ofLiteral("10.3.0.1"))).isFalse();
    assertThat(lenient.permits(InetAddress.ofLiteral("127.0.0.1"))).isFalse();
  }
}
