package io.mooring.agentk.flux;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.agentk.LoggedLines;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.apply.cluster.Crew;
import io.mooring.apply.object.Json;
import io.mooring.testkit.secret.Canaries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("wire-92")
class WebhooksTest {
  private static final String PROXY =
      "/api/v1/namespaces/flux-system/services/http:webhook-receiver:80/proxy";

  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final Crew crew = new Crew();
  private final Receivers receivers = new Receivers();
  private final Canaries canaries = new Canaries();
  private final String token = canaries.secret("token of the agent", "eyJ");
  private WebhookServer server;
  private Cluster cluster;

  /** A server that plays the API server, where it answers for every path. */
  @BeforeEach
  void begin(@TempDir Path folder) throws IOException {
    server = new WebhookServer();
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: test, user: test}}]
            clusters: [{name: test, cluster: {server: "%s"}}]
            users: [{name: test, user: {token: %s}}]
            """
                .formatted(server.url(), token));
    cluster = Cluster.open(KubernetesOptions.ofKubeconfig(kubeconfig), tasks);
  }

  @AfterEach
  void end() throws InterruptedException {
    crew.end(Duration.ofSeconds(10));
    cluster.close();
    server.close();
    tasks.shutdownNow();
  }

  @Test
  void goThroughTheApiServerWithTheAgentsCredentials() {
    receiver("shop", "/hook/aa1");

    try (var log = new LoggedLines();
        var webhooks = webhooks(new WebhookAddress.ServiceProxy(PROXY))) {
      webhooks.pushed("group/project");

      await().atMost(SOON).until(() -> log.text().contains("Told Flux of a push"));
      assertThat(server.calls()).containsExactly("POST " + PROXY + "/hook/aa1 0 Bearer " + token);
      canaries.assertAbsent("the log", log.text());
    }
  }

  @Test
  void goToAnyOtherServerWithoutCredentials() {
    receiver("shop", "/hook/aa1");

    try (var webhooks = webhooks(new WebhookAddress.Direct(server.url() + "/base"))) {
      webhooks.pushed("group/project");

      await().atMost(SOON).until(() -> server.calls().size() == 1);
      assertThat(server.calls()).containsExactly("POST /base/hook/aa1 0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../secrets",
        "/hook/../x",
        "/hook/%2e%2e/x",
        "hook/aa1",
        "/hook/a?x=y",
        "/hook/a#b",
        "//evil.example.com/hook",
        "/hook//a",
        "/hook/",
        "@evil.example.com/hook",
        "/hook/a\\b",
      })
  void areCalledOnNoPathButThoseOfFlux(String path) {
    receiver("bad", path);
    receiver("good", "/hook/aa1");

    try (var log = new LoggedLines();
        var webhooks = webhooks(new WebhookAddress.ServiceProxy(PROXY))) {
      webhooks.pushed("group/project");

      await().atMost(SOON).until(() -> log.text().contains("Told Flux of a push"));
      assertThat(server.calls()).hasSize(1);
      assertThat(log.text()).contains("webhook path that is not one of Flux");
    }
  }

  @Test
  void areLostWithoutHarmWhenNobodyAnswers() {
    receiver("shop", "/hook/aa1");

    try (var log = new LoggedLines();
        var webhooks = webhooks(new WebhookAddress.Direct("http://127.0.0.1:1"))) {
      webhooks.pushed("group/project");

      await().atMost(SOON).until(() -> log.text().contains("Flux cannot be told of a push"));
    }
  }

  private Webhooks webhooks(WebhookAddress address) {
    return new Webhooks(address, receivers, cluster, tasks, crew);
  }

  private void receiver(String name, String path) {
    receivers.present(
        Json.read(
            """
            {"metadata": {"name": "%s", "namespace": "ns",
               "annotations": {"agent.gitlab.com/project": "group/project"}},
             "status": {"webhookPath": "%s"}}
            """
                .formatted(name, path.replace("\\", "\\\\"))
                .getBytes(StandardCharsets.UTF_8)));
  }
}
