package io.mooring.agentk;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.leader.Election;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.leaks.LeakCheck;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.GitopsCF;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agentevents.rpc.SyncFinished;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@LeakCheck(
    allowedThreads = "CachedSingleThreadScheduler") // the library ends it after ten idle seconds
@RealKubernetes
class AgentkTest {
  private static final Election.Pace QUICK =
      new Election.Pace(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofMillis(200));

  /** What the libraries keep for the life of a JVM is there before the first test. */
  @BeforeAll
  static void warm(TestNamespace namespace) throws Exception {
    try (var kas = TestKas.start();
        var agent = start(kas.address(), namespace, "warm")) {
      await().atMost(SOON).untilAsserted(() -> assertThat(kas.registrations()).isNotEmpty());
      assertThat(metrics(agent)).isNotEmpty();
    }
  }

  @Test
  @Tag("wire-90")
  void appliesWhatItIsSentAndReportsIt(TestNamespace namespace) throws Exception {
    try (var kas = TestKas.start();
        var agent = start(kas.address(), namespace, "pod-1")) {
      assertThat(agent.observabilityAddress()).isNotNull();
      kas.manifests()
          .commit(
              "group/project",
              7,
              "one",
              Map.of("a.yaml", configMap("a"), "b.yaml", configMap("b")));
      kas.configurations().send("c1", configuration(namespace));

      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(namespace.kubectl("get", "configmaps", "-o", "name"))
                  .contains("configmap/a", "configmap/b", "configmap/inventory-4242-7"));
      assertThat(
              namespace.kubectl(
                  "get",
                  "configmap",
                  "a",
                  "-o",
                  "jsonpath={.metadata.annotations.config\\.k8s\\.io/owning-inventory}"))
          .isEqualTo("4242-7");
      assertThat(
              namespace.kubectl(
                  "get",
                  "configmap",
                  "inventory-4242-7",
                  "-o",
                  "jsonpath={.metadata.labels.cli-utils\\.sigs\\.k8s\\.io/inventory-id}"))
          .isEqualTo("4242-7");

      kas.manifests().commit("group/project", 7, "two", Map.of("a.yaml", configMap("a")));

      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(namespace.kubectl("get", "configmaps", "-o", "name"))
                  .doesNotContain("configmap/b"));
      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(kas.reports().events())
                  .filteredOn(Event::hasSyncFinished)
                  .anySatisfy(
                      event -> assertThat(event.getSyncFinished().getCommitId()).isEqualTo("two")));
      assertThat(kas.reports().events())
          .filteredOn(Event::hasSyncFinished)
          .allSatisfy(event ->
              assertThat(event.getSyncFinished().getOutcome())
                  .isEqualTo(SyncFinished.Outcome.SUCCEEDED));
      assertThat(kas.reports().events())
          .anyMatch(event ->
              event.hasConfigurationApplied()
                  && event.getConfigurationApplied().getCommitId().equals("c1"));
    }
  }

  @Test
  @Tag("wire-91")
  void runsGitopsOnOnePodAndOnTheOtherOneAfterItEnded(TestNamespace namespace) throws Exception {
    try (var kas = TestKas.start()) {
      kas.configurations().send("c1", configuration(namespace));
      kas.manifests().commit("group/project", 7, "one", Map.of("a.yaml", configMap("a")));
      Agentk first = start(kas.address(), namespace, "pod-1");
      try {
        await().atMost(SOON).untilAsserted(() -> assertThat(kas.manifests().requests()).hasSize(2));
        try (var second = start(kas.address(), namespace, "pod-2")) {
          await().atMost(SOON).untilAsserted(() -> assertThat(kas.registrations()).hasSize(2));
          await()
              .atMost(SOON)
              .untilAsserted(() -> assertThat(kas.configurations().requests()).hasSize(2));
          // Two of each Pod: tunnels need no leader.
          await().atMost(SOON).untilAsserted(() -> assertThat(kas.tunnels().idle()).isEqualTo(4));
          assertThat(kas.manifests().requests()).hasSize(2);
          assertThat(metrics(second)).contains("agentk_leader 0.0");
          assertThat(metrics(first))
              .contains("agentk_leader 1.0")
              .contains("agentk_gitops_syncs_total")
              .contains("grpc_client_started_total")
              .contains("process_");

          first.close();

          await()
              .atMost(SOON)
              .untilAsserted(() -> assertThat(kas.manifests().requests()).hasSize(4));
          assertThat(metrics(second)).contains("agentk_leader 1.0");
        }
      } finally {
        first.close();
      }
    }
  }

  @Test
  void answersItsProbesWithoutKas(TestNamespace namespace) throws Exception {
    try (var agent =
        start(KasAddress.parse("--kas-address", "grpc://127.0.0.1:1"), namespace, "pod-1")) {
      assertThat(get(agent, "/readiness").statusCode()).isEqualTo(200);
      assertThat(get(agent, "/liveness").statusCode()).isEqualTo(200);
      assertThat(get(agent, "/liveness").headers().firstValue("server"))
          .contains("gitlab-agent/v0.0.0/00000000");
    }
  }

  @Test
  void endsWhatItStartedWhenItCannotStart(TestNamespace namespace) {
    assertThatThrownBy(() ->
            Agentk.start(
                AgentkOptions.of(
                    KasAddress.parse("--kas-address", "grpc://127.0.0.1:1"),
                    new AgentToken.File(Path.of("/does/not/exist")),
                    namespace.apiServer().kubeconfig(),
                    namespace.name(),
                    "pod-1")))
        .hasMessageStartingWith("--token-file: /does/not/exist");
  }

  private static Agentk start(KasAddress kas, TestNamespace namespace, String pod)
      throws Exception {
    return Agentk.start(
        AgentkOptions.of(
                kas,
                new AgentToken.Fixed(Secret.of("token")),
                namespace.apiServer().kubeconfig(),
                namespace.name(),
                pod)
            .withElection(QUICK));
  }

  private static AgentConfiguration configuration(TestNamespace namespace) {
    return AgentConfiguration.newBuilder()
        .setAgentId(4242)
        .setProjectPath("group/config")
        .setGitops(
            GitopsCF.newBuilder()
                .addManifestProjects(
                    ManifestProjectCF.newBuilder()
                        .setId("group/project")
                        .setDefaultNamespace(namespace.name())))
        .build();
  }

  private static String configMap(String name) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {key: value}\n";
  }

  private static String metrics(Agentk agent) throws Exception {
    return get(agent, "/metrics").body();
  }

  private static HttpResponse<String> get(Agentk agent, String path) throws Exception {
    int port = ((InetSocketAddress) agent.observabilityAddress()).getPort();
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
