package io.mooring.agentk.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.agentk.configuration.ConfigurationRejectedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("wire-92")
class WebhookAddressTest {
  @Test
  void isThatOfAnUsualInstallationByDefault() throws Exception {
    assertThat(WebhookAddress.parse(""))
        .isEqualTo(
            new WebhookAddress.Direct("http://webhook-receiver.flux-system.svc.cluster.local"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://flux.example.com, http://flux.example.com",
    "https://flux.example.com:8443/base/, https://flux.example.com:8443/base",
  })
  void isAnyServer(String setting, String url) throws Exception {
    assertThat(WebhookAddress.parse(setting)).isEqualTo(new WebhookAddress.Direct(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/namespaces/flux-system/services/http:webhook-receiver:80/proxy",
        "/api/v1/namespaces/flux-system/services/http:webhook-receiver:80/proxy/",
        "https://kubernetes.default.svc/api/v1/namespaces/flux-system/services/http:webhook-receiver:80/proxy",
      })
  void isAServiceBehindTheApiServer(String setting) throws Exception {
    assertThat(WebhookAddress.parse(setting))
        .isEqualTo(
            new WebhookAddress.ServiceProxy(
                "/api/v1/namespaces/flux-system/services/http:webhook-receiver:80/proxy"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flux.example.com",
        "ftp://flux.example.com",
        "http://",
        "http://flux.example.com/a b",
        "http://flux.example.com?a=b",
        "/api/v1/namespaces/flux-system/secrets",
        "/apis/x/api/v1/namespaces/a/services/b/proxy",
      })
  void isNothingElse(String setting) {
    assertThatThrownBy(() -> WebhookAddress.parse(setting))
        .isInstanceOf(ConfigurationRejectedException.class)
        .hasMessageStartingWith("flux.webhook_receiver_url: " + setting + " (expected: http(s)://");
  }

  @Test
  void isNotRepeatedWithCredentials() {
    assertThatThrownBy(() -> WebhookAddress.parse("http://me:hunter2@flux.example.com"))
        .isInstanceOf(ConfigurationRejectedException.class)
        .hasMessageNotContaining("hunter2");
  }
}
