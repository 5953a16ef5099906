package io.mooring.agentk.kubernetesapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiProxyTest {
  @TempDir private Path directory;

  private final BlockingQueue<Backend.Request> requests = new LinkedBlockingQueue<>();

  @Test
  @Tag("wire-76")
  void passesARequestAndItsAnswerAndAddsItselfToBoth() throws Exception {
    try (var backend = Backend.start(this::answerAll);
        var proxy = ProxyFixture.towards(backend, directory)) {
      var answer =
          proxy
              .call(
                  HttpCall.Head.get("/api/v1/pods")
                      .withQuery("limit=5&labelSelector=a%3Db&labelSelector=c")
                      .with("Accept", "application/json")
                      .with("User-Agent", "kubectl/v1")
                      .with("Via", "gRPC/1.0 gitlab-kas/v1/2"))
              .end()
              .answer();

      var request = take();
      assertThat(request.line())
          .isEqualTo("GET /api/v1/pods?labelSelector=a%3Db&labelSelector=c&limit=5 HTTP/1.1");
      assertThat(request.all("Host")).containsExactly("127.0.0.1:" + backend.port());
      assertThat(request.all("Accept")).containsExactly("application/json");
      assertThat(request.all("User-Agent")).containsExactly("kubectl/v1");
      assertThat(request.all("Authorization")).containsExactly("Bearer agents-own-token");
      assertThat(request.all("Via"))
          .containsExactly("gRPC/1.0 gitlab-kas/v1/2", "gRPC/1.0 gitlab-agent/v0.0.0/00000000");
      assertThat(request.all("Content-Length")).isEmpty();
      assertThat(request.all("Transfer-Encoding")).isEmpty();
      assertThat(answer.code()).isEqualTo(Status.Code.OK);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers().all("Content-Type")).containsExactly("text/plain");
      assertThat(answer.headers().all("Via")).containsExactly("1.1 gitlab-agent/v0.0.0/00000000");
      assertThat(answer.text()).isEqualTo("hello");
      assertThat(proxy.outcomes).containsExactly(RequestOutcome.ANSWERED);
      assertThat(proxy.kas.tunnels().faults()).isEmpty();
    }
  }

  @Test
  void usesAConnectionAgain() throws Exception {
    try (var backend = Backend.start(this::answerAll);
        var proxy = ProxyFixture.towards(backend, directory)) {
      for (int i = 0; i < 20; i++) {
        assertThat(proxy.get("/version").text()).isEqualTo("hello");
      }

      assertThat(backend.connections()).hasSize(1);
    }
  }

  private void answerAll(Backend.Connection connection) throws Exception {
    while (true) {
      requests.add(connection.request());
      connection.answer("hello");
    }
  }

  private Backend.Request take() throws InterruptedException {
    Backend.Request request = requests.poll(20, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request;
  }
}
