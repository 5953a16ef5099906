package io.mooring.agentk.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.LoggingCF;
import io.mooring.wire.agentcfg.ObservabilityCF;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LoggingFeatureTest {
  /** Of a kas that is newer than this agent. */
  private static final int UNKNOWN = 777;

  @Test
  @Tag("fault-65")
  void namesTheSettingWhoseLevelOnlyANewerAgentKnows() {
    var feature = new LoggingFeature();

    assertThatThrownBy(() -> feature.prepare(with(LoggingCF.newBuilder().setLevelValue(UNKNOWN))))
        .isInstanceOf(ConfigurationRejectedException.class)
        .hasMessageContaining("observability.logging.level")
        .hasMessageContaining("one of info, debug, warn, error");
    assertThatThrownBy(
            () -> feature.prepare(with(LoggingCF.newBuilder().setGrpcLevelValue(UNKNOWN))))
        .hasMessageContaining("observability.logging.grpc_level");
  }

  @Test
  @Tag("fault-65")
  void takesAConfigurationOfAnOlderKasWithoutTheSection() throws Exception {
    assertThat(new LoggingFeature().prepare(AgentConfiguration.getDefaultInstance())).isNotNull();
  }

  private static AgentConfiguration with(LoggingCF.Builder logging) {
    return AgentConfiguration.newBuilder()
        .setObservability(ObservabilityCF.newBuilder().setLogging(logging))
        .build();
  }
}
