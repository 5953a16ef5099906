package io.mooring.protocol.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("wire-16")
class HttpProxiesTest {
  private static final HostPort KAS = new HostPort("kas.example.com", 443);

  @Test
  void takesOneVariableForEachKindOfConnection() {
    var proxies =
        HttpProxies.of(Map.of("HTTP_PROXY", "http://plain:3128", "https_proxy", "https://secured"));

    assertThat(proxies.proxy(KAS, false))
        .map(HttpProxy::toString)
        .hasValueSatisfying(text -> assertThat(text).contains("plain:3128", "tls=false"));
    assertThat(proxies.proxy(KAS, true))
        .map(HttpProxy::toString)
        .hasValueSatisfying(text -> assertThat(text).contains("secured:443", "tls=true"));
  }

  @Test
  void usesNoneWhenNoneIsNamed() {
    assertThat(HttpProxies.of(Map.of("HTTP_PROXY", " ")).proxy(KAS, false)).isEmpty();
    assertThat(HttpProxies.of(Map.of("HTTP_PROXY", "plain")).proxy(KAS, true)).isEmpty();
    assertThat(HttpProxies.none().proxy(KAS, true)).isEmpty();
  }

  @Test
  void prefersUpperCase() {
    var proxies = HttpProxies.of(Map.of("HTTPS_PROXY", "upper", "https_proxy", "lower"));

    assertThat(proxies.proxy(KAS, true)).map(proxy -> proxy.endpoint().host()).hasValue("upper");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kas.example.com     | 443 | *                           | true
          kas.example.com     | 443 | other, kas.example.com      | true
          KAS.example.com     | 443 | kas.EXAMPLE.com             | true
          kas.example.com     | 443 | example.com                 | true
          kas.example.com     | 443 | .example.com                | true
          kas.example.com     | 443 | *.example.com               | true
          example.com         | 443 | .example.com                | false
          example.com         | 443 | *.example.com               | false
          kasexample.com      | 443 | example.com                 | false
          kas.example.com     | 443 | kas.example.com:443         | true
          kas.example.com     | 443 | kas.example.com:8150        | false
          10.1.2.3            | 443 | 10.0.0.0/8                  | true
          11.1.2.3            | 443 | 10.0.0.0/8                  | false
          10.1.2.3            | 443 | 10.0.0.0/33                 | false
          10.1.2.3            | 443 | 10.0.0.0/x                  | false
          10.1.2.3            | 443 | 10.1.2.3                    | true
          10.1.2.3            | 443 | 10.1.2.3:443                | true
          10.1.2.3            | 443 | 2.3                         | false
          fd00::1             | 443 | fd00::/8                    | true
          fd00::1             | 443 | FD00:0:0::1                 | true
          fd00::1             | 443 | [fd00::1]:443               | true
          fd00::1             | 443 | [fd00::1]:80                | false
          fd00::1             | 443 | 10.0.0.0/8                  | false
          kas.example.com     | 443 | 10.0.0.0/8, ,               | false
          localhost           | 443 | ''                          | true
          127.0.0.5           | 443 | ''                          | true
          ::1                 | 443 | ''                          | true
          """)
  void goesDirectlyWhereNoProxyIsWanted(String host, int port, String exceptions, boolean direct) {
    var proxies = HttpProxies.of(Map.of("HTTPS_PROXY", "proxy:3128", "no_proxy", exceptions));

    assertThat(proxies.proxy(new HostPort(host, port), true).isEmpty()).isEqualTo(direct);
  }

  @Test
  void readsNameAndPasswordAndKeepsThemHidden() {
    HttpProxy proxy = HttpProxy.parse("HTTP_PROXY", "http://us%65r:p%40ss+1@[::1]:81");

    assertThat(proxy.endpoint()).isEqualTo(new HostPort("::1", 81));
    assertThat(proxy.authorization())
        .map(secret -> secret.text())
        .isEqualTo(Optional.of("Basic dXNlcjpwQHNzKzE="));
    assertThat(proxy.toString()).doesNotContain("user", "ss+1", "dXNl");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://hidden:secret@proxy:1080",
        "http://hidden:secret@:80",
        "http://hidden:secret@proxy:70000",
        "http://hidden:secret@pro xy"
      })
  void refusesWhatIsNoHttpProxyWithoutShowingIt(String value) {
    assertThatThrownBy(() -> HttpProxies.of(Map.of("HTTP_PROXY", value)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("HTTP_PROXY: ")
        .hasMessageContaining("(expected: http://")
        .hasMessageNotContaining("secret");
  }
}
