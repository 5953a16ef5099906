package io.mooring.kas.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitLabProxyTest {
  private static final Map<String, String> BOTH =
      Map.of(
          "HTTP_PROXY", "http://plain.example.com:3128",
          "https_proxy", "secure.example.com:8080",
          "NO_PROXY", "internal.example.com, .local.example.com,other:8443,10.0.0.0/8");

  @ParameterizedTest
  @CsvSource({
    "http://gitlab.example.com, plain.example.com:3128",
    "https://gitlab.example.com, secure.example.com:8080",
    "https://internal.example.com, DIRECT",
    "https://sub.internal.example.com, DIRECT",
    "https://GITLAB.local.example.com, DIRECT",
    "https://other:8443, DIRECT",
    "https://other:443, secure.example.com:8080",
    "https://10.1.2.3, DIRECT",
    "http://127.0.0.1:80, DIRECT",
    "http://[::1]:80, DIRECT",
    "http://localhost, DIRECT",
  })
  void choosesTheProxyOfTheEnvironment(URI uri, String expected) {
    assertThat(GitLabProxy.of(uri, BOTH).select(uri))
        .singleElement()
        .satisfies(
            proxy -> assertThat(proxy.toString().replace("/<unresolved>", "")).contains(expected));
  }

  @Test
  void goesDirectWithoutVariables() {
    URI gitlab = URI.create("https://gitlab.example.com");

    assertThat(GitLabProxy.of(gitlab, Map.of()).select(gitlab))
        .containsExactly(java.net.Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @CsvSource({
    "socks5://x:1, scheme socks5",
    "https://x:1, with TLS",
    "http://user:canary@x:1, a user and a password"
  })
  void namesTheVariableThatCannotBeUsed(String value, String problem) {
    URI gitlab = URI.create("https://gitlab.example.com");

    assertThatThrownBy(() -> GitLabProxy.of(gitlab, Map.of("HTTPS_PROXY", value)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("HTTPS_PROXY: ")
        .hasMessageContaining(problem)
        .hasMessageNotContaining("canary");
  }
}
