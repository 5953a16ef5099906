package io.mooring.kas.original;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.kas.KasFixture;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.tunnel.Caller;
import io.mooring.kas.tunnel.RawMessages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our kas and the tunnels of an agent of the original, for which {@link OriginalAgent} stands. */
@Tag("wire-40")
class OriginalAgentTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String USUAL = "{address: '127.0.0.1:0', listen_grace_period: 0.1s}";

  @TempDir Path directory;

  @Test
  void takesTwoTunnelsAndTenMoreAfterARequest() throws Exception {
    try (var kas = KasFixture.start(directory, USUAL, "");
        var agent = OriginalAgent.start(kas.agent(), OriginalAgent.MAXIMUM_IDLE_TIME)) {
      assertThat(agent.idle()).isEqualTo(OriginalAgent.MINIMUM_IDLE);

      Caller caller = call(kas);

      assertThat(caller.next()).isEqualTo(HELLO);
      assertThat(caller.end().status()).isEqualTo(Status.OK);
      await().atMost(PATIENCE).until(() -> agent.active() == 0);
      assertThat(agent.idle()).isEqualTo(OriginalAgent.MINIMUM_IDLE + OriginalAgent.STEP);
    }
  }

  @Test
  void usesFiveHundredTunnelsAndLetsTheRestWaitForThem() throws Exception {
    try (var kas = KasFixture.start(directory, USUAL, "");
        var agent = OriginalAgent.start(kas.agent(), OriginalAgent.MAXIMUM_IDLE_TIME)) {
      agent.hold();
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < OriginalAgent.MAXIMUM; i++) {
        callers.add(call(kas));
      }
      await().atMost(PATIENCE).until(() -> agent.active() == OriginalAgent.MAXIMUM);
      assertThat(agent.idle()).isZero();
      for (int i = 0; i < 20; i++) {
        callers.add(call(kas));
      }
      assertThat(callers).allMatch(Caller::isOpen);

      agent.release();

      for (Caller caller : callers) {
        assertThat(caller.end().status()).isEqualTo(Status.OK);
      }
      assertThat(agent.most()).isEqualTo(OriginalAgent.MAXIMUM);
    }
  }

  @Test
  void endsIdleTunnelsByTheirAgeSoThatTheAgentCanLetThemGo() throws Exception {
    try (var kas =
            KasFixture.start(
                directory,
                "{address: '127.0.0.1:0', listen_grace_period: 0.1s, max_connection_age: 5s}",
                "");
        var agent = OriginalAgent.start(kas.agent(), Duration.ZERO)) {
      assertThat(call(kas).end().status()).isEqualTo(Status.OK);
      assertThat(agent.most()).isGreaterThan(OriginalAgent.MINIMUM_IDLE);

      await().atMost(PATIENCE).until(() -> agent.idle() == OriginalAgent.MINIMUM_IDLE);

      assertThat(call(kas).end().status()).isEqualTo(Status.OK);
    }
  }

  private static Caller call(KasFixture kas) {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 5);
    return Caller.start(
            kas.agents()
                .newCall(
                    RawMessages.method("gitlab.agent.kubernetes_api.rpc.KubernetesApi/MakeRequest"),
                    CallOptions.DEFAULT),
            headers)
        .send(HELLO)
        .halfClose();
  }
}
