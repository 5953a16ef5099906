package io.mooring.agentk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.agentk.kas.TestKas;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.observability.LogLevel;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.secret.CapturedOutput;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault-36")
@RealKubernetes
class DoctorCommandTest {
  @AfterEach
  void logAsBefore() {
    JsonLogs.level("io.mooring", LogLevel.INFO);
  }

  @Test
  void endsWithZeroWhenNothingFailed(ApiServer server, TestNamespace namespace) throws Exception {
    try (var kas = TestKas.startWithWebSocket();
        var output = CapturedOutput.start()) {
      kas.configurations().send("c1", AgentConfiguration.newBuilder().setAgentId(7).build());

      int code =
          Main.run(
              environment(namespace),
              "doctor",
              "--kas-address=ws://127.0.0.1:" + kas.port(),
              "--kubeconfig=" + server.kubeconfig(),
              "--output=json");

      assertThat(code).as(output.text()).isZero();
      // The whole output is one object: nothing else may be on standard output.
      JsonObject report = JsonParser.parseString(output.text()).getAsJsonObject();
      assertThat(report.keySet()).containsExactly("format", "verdict", "findings");
      assertThat(report.get("format").getAsInt()).isEqualTo(1);
      assertThat(report.get("verdict").getAsString()).isEqualTo("ok");
      List<String> checks = new ArrayList<>();
      report
          .getAsJsonArray("findings")
          .forEach(element -> {
            JsonObject finding = element.getAsJsonObject();
            assertThat(finding.keySet())
                .containsExactly("check", "verdict", "what", "value", "expected", "next");
            checks.add(finding.get("check").getAsString());
          });
      assertThat(checks)
          .containsExactly(
              "address",
              "proxy",
              "dns",
              "tcp",
              "connect",
              "tls",
              "websocket",
              "http2",
              "stream",
              "token",
              "configuration",
              "version",
              "cluster",
              "rights",
              "clock");
      assertThat(output.text()).doesNotContain("canary");
    }
  }

  @Test
  void endsWithOneAndSaysWhatToDoWhenACheckFailed(ApiServer server, TestNamespace namespace) {
    try (var output = CapturedOutput.start()) {
      int code =
          Main.run(
              environment(namespace),
              "doctor",
              "--kas-address=http://kas",
              "--kubeconfig=" + server.kubeconfig());

      assertThat(code).isEqualTo(1);
      assertThat(output.text())
          .contains("failed   address", "found:", "http://kas has the scheme http")
          .contains("skipped  tcp", "because address failed", "ok       rights");
    }
  }

  @Test
  void endsWithTwoForAWrongCommandLine() {
    try (var output = CapturedOutput.start()) {
      assertThat(Main.run(Map.of(), "doctor")).isEqualTo(2);
      assertThat(Main.run(Map.of(), "doctor", "--kas-address=grpc://kas", "--output=xml"))
          .isEqualTo(2);
      assertThat(Main.run(Map.of("AGENTK_TOKEN", "t"))).isEqualTo(2);
      assertThat(output.text()).contains("Missing required option: '--kas-address=<url>'");
      assertThat(Main.run(Map.of(), "doctor", "--help")).isZero();
      assertThat(output.text()).contains("Exit codes: 0 nothing failed");
    }
  }

  private static Map<String, String> environment(TestNamespace namespace) {
    return Map.of("AGENTK_TOKEN", "canary", "POD_NAMESPACE", namespace.name());
  }
}
