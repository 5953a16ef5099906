package io.mooring.kas.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import java.util.EnumSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentProgramTest {
  @ParameterizedTest
  @Tag("wire-96")
  @Tag("fault-65")
  @CsvSource({
    "agentk/v14.1.1/abc grpc-go/1.38.0, false, false",
    "agentk/v99.0.0/abc, false, false",
    "gitlab-agent/v14.1.9/abc, false, false",
    "gitlab-agent/v14.2.0/abc grpc-go/1.40.0, true, false",
    "gitlab-agent/v14.10.0/abc, true, false",
    "gitlab-agent/v15.0.1/abc, true, false",
    "gitlab-agent/15.1.0/abc, true, true",
    "gitlab-agent/v16.5.0/abc grpc-go/1.58.3, true, true",
    "gitlab-agent/v13.9.0-rc1/abc, false, false",
    "gitlab-agent/v0.0.0/00000000 grpc-java-netty/1.85.1, true, true",
    "gitlab-agent/main/abc, true, true",
    "something else, true, true",
    "'', true, true",
  })
  void knowsWhatAnAgentCanDo(String userAgent, boolean impersonation, boolean upgrade) {
    AgentProgram program = AgentProgram.of(userAgent);

    assertThat(program.abilities().contains(AgentAbility.IMPERSONATION)).isEqualTo(impersonation);
    assertThat(program.abilities().contains(AgentAbility.UPGRADE)).isEqualTo(upgrade);
  }

  @Test
  void keepsLittleOfALongUserAgent() {
    assertThat(AgentProgram.of("x".repeat(100_000)).userAgent()).hasSize(200);
  }

  @Test
  void readsTheAbilitiesItWrote() {
    Metadata metadata = new Metadata();
    metadata.put(AgentAbility.NEEDED, EnumSet.of(AgentAbility.UPGRADE, AgentAbility.IMPERSONATION));

    assertThat(
            metadata.get(
                Metadata.Key.of("kas-hop-agent-abilities", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo("impersonation,upgrade");
    assertThat(metadata.get(AgentAbility.NEEDED)).containsExactlyInAnyOrder(AgentAbility.values());
  }
}
