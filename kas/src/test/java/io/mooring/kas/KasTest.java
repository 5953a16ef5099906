package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KasTest {
  @TempDir Path directory;
  private KasFixture kas;

  @BeforeEach
  void start() {
    kas = KasFixture.start(directory);
  }

  @AfterEach
  void stop() {
    kas.close();
  }

  @Test
  @Tag("wire-94")
  void listsAnAgentThatRegistered() {
    AgentRegistrarGrpc.newBlockingStub(kas.agent())
        .register(RegisterRequest.newBuilder().setPodId(4711).build());

    GetConnectedAgentsResponse connected =
        AgentTrackerGrpc.newBlockingStub(kas.api())
            .getConnectedAgents(GetConnectedAgentsRequest.newBuilder().setAgentId(5).build());

    assertThat(connected.getAgentsList()).hasSize(1);
    assertThat(connected.getAgents(0).getConnectionId()).isEqualTo(4711);
    assertThat(connected.getAgents(0).getProjectId()).isEqualTo(7);
  }
}
