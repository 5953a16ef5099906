package io.mooring.agentk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.agentk.kas.TestKas;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.secret.Canaries;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.LoggingCF;
import io.mooring.wire.agentcfg.ObservabilityCF;
import io.mooring.wire.agentcfg.log_level_enum;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** agentk as its own process: command line, logs, signals. */
@RealKubernetes
class MainProcessTest {
  /** Generous: a cold JVM beside other builds. */
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  @Tag("fault-62")
  @Tag("fault-57")
  void givesTheLeaseBackAndEndsWithZeroOnSigterm(TestNamespace namespace) throws Exception {
    var canaries = new Canaries();
    Path token =
        Files.writeString(
            folder.resolve("token"), canaries.secret("agent token", "glagent-") + "\n");
    Path log = folder.resolve("log");
    try (var kas = TestKas.start()) {
      kas.configurations().send("c1", configuration());
      Process agent =
          start(
              log,
              namespace,
              "--kas-address=" + kas.address(),
              "--token-file=" + token,
              "--kubeconfig=" + namespace.apiServer().kubeconfig(),
              "--observability-listen-address=127.0.0.1:0");
      try {
        await()
            .atMost(START)
            .untilAsserted(() -> assertThat(Files.readString(log)).contains("Leading now"));

        agent.destroy();

        assertThat(agent.waitFor(25, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isZero();
      } finally {
        agent.destroyForcibly();
      }
    }

    List<JsonObject> lines =
        Files.readAllLines(log).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.keySet()).contains("level", "time", "msg"));
    assertThat(lines)
        .extracting(line -> line.get("msg").getAsString())
        .contains(
            "Agent started",
            "Connected to kas",
            "Configuration applied",
            "Leading now",
            "Lease released");
    assertThat(lines)
        .filteredOn(line -> line.get("msg").getAsString().equals("Leading now"))
        .allSatisfy(line -> assertThat(line.get("agent_id").getAsInt()).isEqualTo(77));
    assertThat(
            namespace.kubectl(
                "get", "lease", "agent-77-lock", "-o", "jsonpath={.spec.holderIdentity}"))
        .isEmpty();
    canaries.assertAbsent("log", Files.readString(log));
  }

  @Test
  @Tag("fault-66")
  void endsWithOneWhenItsPortIsTaken(TestNamespace namespace) throws Exception {
    Path log = folder.resolve("log");
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Process agent =
          start(
              log,
              namespace,
              "--kas-address=grpc://127.0.0.1:1",
              "--token-file=" + Files.writeString(folder.resolve("token"), "t"),
              "--kubeconfig=" + namespace.apiServer().kubeconfig(),
              "--observability-listen-address=127.0.0.1:" + taken.getLocalPort());
      try {
        assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(1);
        assertThat(Files.readString(log))
            .contains("Program aborted: cannot listen at 127.0.0.1:" + taken.getLocalPort());
      } finally {
        agent.destroyForcibly();
      }
    }
  }

  private static Process start(Path log, TestNamespace namespace, String... arguments)
      throws Exception {
    var command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))
                    .replaceAll("[^:]*/test-classes:?", ""),
                "io.mooring.agentk.Main"));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(Map.of("POD_NAMESPACE", namespace.name(), "POD_NAME", "pod-1"));
    return builder.start();
  }

  private static AgentConfiguration configuration() {
    return AgentConfiguration.newBuilder()
        .setAgentId(77)
        .setProjectPath("group/config")
        .setObservability(
            ObservabilityCF.newBuilder()
                .setLogging(LoggingCF.newBuilder().setLevel(log_level_enum.debug)))
        .build();
  }
}
