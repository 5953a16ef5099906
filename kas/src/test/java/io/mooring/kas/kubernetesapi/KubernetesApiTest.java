package io.mooring.kas.kubernetesapi;

import static io.mooring.kas.kubernetesapi.ProxyFixture.AUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.kas.kubernetesapi.RawClient.Response;
import io.mooring.wire.grpctool.HttpRequest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests and answers that go through as they are. */
class KubernetesApiTest {
  private ProxyFixture proxy;

  @BeforeEach
  void start() {
    proxy = ProxyFixture.start();
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  @Tag("wire-72")
  void carriesARequestWithoutBody() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api/v1/pods?limit=5", AUTHORIZED);

      ScriptedAgent.Call call = proxy.agent.next();
      HttpRequest.Header head = call.head();
      assertThat(call.next().hasTrailer()).isTrue();
      call.awaitHalfClose();
      call.answer(200, Map.of("Content-Type", "application/json"), "{}");
      Response response = client.response();

      assertThat(head.getRequest().getMethod()).isEqualTo("GET");
      assertThat(head.getRequest().getUrlPath()).isEqualTo("/api/v1/pods");
      assertThat(head.getRequest().getQueryOrThrow("limit").getValueList()).containsExactly("5");
      assertThat(head.getContentLength()).isZero();
      assertThat(head.hasContentLength()).isTrue();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("{}");
    }
  }
}
