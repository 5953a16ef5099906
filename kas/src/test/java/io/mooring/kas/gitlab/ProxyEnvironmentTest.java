package io.mooring.kas.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyEnvironmentTest {
  private static final Map<String, String> BOTH =
      Map.of(
          "HTTP_PROXY", "http://plain.example.com:3128",
          "https_proxy", "secure.example.com:8080",
          "NO_PROXY", "internal.example.com, .local.example.com other:8443");

  @ParameterizedTest
  @CsvSource({
    "http://gitlab.example.com, plain.example.com:3128",
    "https://gitlab.example.com, secure.example.com:8080",
    "https://internal.example.com, DIRECT",
    "https://sub.internal.example.com, DIRECT",
    "https://GITLAB.local.example.com, DIRECT",
    "https://other:8443, DIRECT",
    "https://other:443, secure.example.com:8080",
    "http://127.0.0.1:80, DIRECT",
    "http://localhost, DIRECT",
  })
  void choosesTheProxyOfTheEnvironment(URI uri, String expected) {
    assertThat(ProxyEnvironment.of(BOTH).select(uri))
        .singleElement()
        .satisfies(
            proxy -> assertThat(proxy.toString().replace("/<unresolved>", "")).contains(expected));
  }

  @Test
  void goesDirectWithoutVariables() {
    assertThat(ProxyEnvironment.of(Map.of()).select(URI.create("https://gitlab.example.com")))
        .containsExactly(java.net.Proxy.NO_PROXY);
  }

  @Test
  void namesTheVariableThatIsNoProxy() {
    assertThatThrownBy(() -> ProxyEnvironment.of(Map.of("HTTPS_PROXY", "socks5://x:1")))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("HTTPS_PROXY: ");
  }
}
