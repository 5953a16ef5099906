package io.mooring.agentk.kubernetesapi;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir private Path directory;

  @Test
  void usesANewTokenWhenItsFileChanges() throws Exception {
    try (var backend = Backend.start(CredentialsTest::tellAuthorization);
        var proxy = ProxyFixture.towards(backend, directory)) {
      assertThat(proxy.get("/a").text()).isEqualTo("Bearer agents-own-token");

      var _ = ProxyFixture.kubeconfig(directory, backend.url(), "token: a-newer-token");

      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(proxy.get("/a").text()).isEqualTo("Bearer a-newer-token"));
    }
  }

  @Test
  void keepsTheTokenWhileItsFileIsBroken() throws Exception {
    try (var backend = Backend.start(CredentialsTest::tellAuthorization);
        var proxy = ProxyFixture.towards(backend, directory)) {
      var _ = Files.writeString(directory.resolve("kubeconfig"), "{ half a file");

      // Longer than it takes to look at the file again.
      await()
          .during(Duration.ofMillis(1_500))
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(proxy.get("/a").text()).isEqualTo("Bearer agents-own-token"));
    }
  }

  @Test
  void sendsNameAndPassword() throws Exception {
    try (var backend = Backend.start(CredentialsTest::tellAuthorization);
        var proxy =
            new ProxyFixture(
                ProxyFixture.kubeconfig(
                    directory, backend.url(), "username: admin\npassword: geheim"))) {
      String expected =
          Base64.getEncoder().encodeToString("admin:geheim".getBytes(StandardCharsets.UTF_8));

      assertThat(proxy.get("/a").text()).isEqualTo("Basic " + expected);
    }
  }

  @Test
  void goesThroughTheProxyOfTheKubeconfig() throws Exception {
    try (var proxyServer =
        Backend.start(connection -> {
          var request = connection.request();
          assertThat(request.line()).isEqualTo("CONNECT api.invalid:8080 HTTP/1.1");
          connection.say("HTTP/1.1 200 OK\r\n\r\n");
          assertThat(connection.request().line()).isEqualTo("GET /a HTTP/1.1");
          connection.answer("through the proxy");
          connection.awaitEnd();
        })) {
      Path kubeconfig =
          ProxyFixture.kubeconfig(directory, "http://api.invalid:8080", "token: agents-own-token");
      String text = Files.readString(kubeconfig);
      var _ =
          Files.writeString(
              kubeconfig,
              text.replace(
                  "server: \"http://api.invalid:8080\"",
                  "server: \"http://api.invalid:8080\", proxy-url: \"" + proxyServer.url() + "\""));
      try (var proxy = new ProxyFixture(kubeconfig)) {
        var answer = proxy.get("/a");

        assertThat(answer.end().getMessage()).isEmpty();
        assertThat(answer.code()).isEqualTo(Status.Code.OK);
        assertThat(answer.text()).isEqualTo("through the proxy");
      }
    }
  }

  private static void tellAuthorization(Backend.Connection connection) throws Exception {
    while (true) {
      connection.answer(String.join(", ", connection.request().all("Authorization")));
    }
  }
}
