package io.mooring.agentk.registrar;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.agentk.Times;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.worker.Workers;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.process.SparePort;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.entity.AgentMeta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealKubernetes
@Tag("wire-94")
class RegistrarTest {
  private static final AgentMeta META =
      AgentMeta.newBuilder().setPodName("pod").setPodNamespace("ns").build();

  private final FakeClock clock = new FakeClock();
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private TestKas kas;
  private ManagedChannel channel;

  @BeforeEach
  void begin() throws Exception {
    kas = TestKas.start();
    channel = NettyChannelBuilder.forAddress("localhost", kas.port()).usePlaintext().build();
  }

  @AfterEach
  void end() {
    workers.close();
    channel.shutdownNow();
    kas.close();
    tasks.shutdownNow();
    assertThat(crashes).isEmpty();
  }

  @Test
  void registersAtStartAndEveryFiveMinutesUnderOneNumber(ApiServer server) throws Exception {
    try (Cluster cluster =
        Cluster.open(KubernetesOptions.ofKubeconfig(server.kubeconfig()), tasks)) {
      var registrar = new Registrar(channel, cluster, META, Times.of(clock));
      try (var worker = workers.start("registrar", registrar::run)) {
        assertThat(worker).isNotNull();
        for (int count = 1; count <= 3; count++) {
          clock.awaitWaiting(1, SOON);
          assertThat(kas.registrations()).hasSize(count);
          clock.advance(Duration.ofMinutes(5));
          int next = count + 1;
          await().atMost(SOON).untilAsserted(() -> assertThat(kas.registrations()).hasSize(next));
        }
      }
    }

    assertThat(kas.registrations())
        .extracting(RegisterRequest::getPodId)
        .allMatch(id -> id >= 0)
        .containsOnly(kas.registrations().getFirst().getPodId());
    assertThat(kas.registrations())
        .allSatisfy(request -> {
          assertThat(request.getAgentMeta().getPodName()).isEqualTo("pod");
          assertThat(request.getAgentMeta().getKubernetesVersion().getGitVersion())
              .isEqualTo(server.version());
          assertThat(request.getAgentMeta().getKubernetesVersion().getMajor()).isEqualTo("1");
          assertThat(request.getAgentMeta().getKubernetesVersion().getPlatform()).contains("/");
        });
  }

  @Test
  void registersWithoutAVersionWhileTheApiServerIsAway(@TempDir Path folder) throws Exception {
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: away
            clusters:
            - name: away
              cluster:
                server: http://127.0.0.1:%d
            users:
            - name: nobody
              user:
                token: none
            contexts:
            - name: away
              context:
                cluster: away
                user: nobody
            """
                .formatted(SparePort.find()));

    try (Cluster cluster = Cluster.open(KubernetesOptions.ofKubeconfig(kubeconfig), tasks)) {
      var registrar = new Registrar(channel, cluster, META, Times.of(clock));
      try (var worker = workers.start("registrar", registrar::run)) {
        assertThat(worker).isNotNull();
        await().atMost(SOON).untilAsserted(() -> assertThat(kas.registrations()).hasSize(1));
      }
    }

    assertThat(kas.registrations().getFirst().getAgentMeta().getKubernetesVersion().getGitVersion())
        .isEmpty();
  }
}
