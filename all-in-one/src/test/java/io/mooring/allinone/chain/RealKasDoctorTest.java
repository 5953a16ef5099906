package io.mooring.allinone.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.doctor.Check;
import io.mooring.agentk.doctor.Doctor;
import io.mooring.agentk.doctor.Finding;
import io.mooring.agentk.doctor.Finding.Verdict;
import io.mooring.agentk.doctor.Report;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.worker.Timing;
import io.mooring.kas.KasFixture;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor before our own kas: what its tests take from a scripted one holds here too. */
@Tag("fault-36")
class RealKasDoctorTest {
  @TempDir Path directory;
  private KasFixture kas;
  private WatchServer cluster;

  @BeforeEach
  void start() throws Exception {
    kas =
        KasFixture.start(
            directory, "{address: '127.0.0.1:0', websocket: true, listen_grace_period: 0.1s}", "");
    cluster = new WatchServer();
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    kas.close();
  }

  @Test
  void findsTheWayOpenWithAndWithoutWebSocketAndLeavesNoTrace() throws Exception {
    for (String scheme : List.of("grpc", "ws")) {
      Report report = examine(scheme, KasFixture.TOKEN);

      assertVerdict(report, Check.HTTP2, Verdict.OK);
      assertVerdict(report, Check.STREAM, Verdict.OK);
      assertVerdict(report, Check.TOKEN, Verdict.OK);
      assertThat(report.json()).doesNotContain(KasFixture.TOKEN);
    }
    assertThat(
            AgentTrackerGrpc.newBlockingStub(kas.api())
                .getConnectedAgents(GetConnectedAgentsRequest.newBuilder().setAgentId(5).build())
                .getAgentsCount())
        .isZero();
  }

  @Test
  void findsThatTheTokenIsUnknown() throws Exception {
    Report report = examine("ws", "glagent-nobody");

    assertThat(assertVerdict(report, Check.TOKEN, Verdict.FAILED).value())
        .contains("UNAUTHENTICATED");
  }

  @Test
  void findsThatTheAgentIsDeleted() throws Exception {
    kas.gitlab().on("agent_info", asked -> Reply.status(404));

    Report report = examine("grpc", "glagent-of-a-deleted-agent");

    assertVerdict(report, Check.TOKEN, Verdict.FAILED);
  }

  private Report examine(String scheme, String token) throws Exception {
    KasAddress address =
        KasAddress.parse("--kas-address", scheme + "://127.0.0.1:" + Chain.port(kas));
    return Doctor.examine(
        new Doctor.Patient(
            () ->
                new KasConnection.Settings(
                    address,
                    ClientTls.system(),
                    Optional.empty(),
                    new AgentToken.Fixed(Secret.of(token)),
                    List.of()),
            KubernetesOptions.ofKubeconfig(Chain.plainKubeconfig(directory, cluster.port())),
            "gitlab-agent"),
        Timing.real());
  }

  private static Finding assertVerdict(Report report, Check check, Verdict verdict) {
    Finding finding =
        report.findings().stream()
            .filter(found -> found.check() == check)
            .findFirst()
            .orElseThrow();
    assertThat(finding.verdict()).as(report.text()).isEqualTo(verdict);
    return finding;
  }
}
