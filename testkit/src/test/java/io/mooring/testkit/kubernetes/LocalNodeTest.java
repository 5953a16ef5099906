package io.mooring.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.process.Command;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealNode
final class LocalNodeTest {
  @Test
  void runsPodsWithLogsExecAndAnAddress(TestNamespace namespace) {
    namespace.kubectl(
        "run",
        "talker",
        "--image=" + LocalNode.IMAGE,
        "--restart=Never",
        "--command",
        "--",
        "sh",
        "-c",
        "echo hello from a real node; sleep 600");
    namespace.kubectl("wait", "pod/talker", "--for=condition=Ready", "--timeout=60s");

    assertThat(namespace.kubectl("logs", "talker")).isEqualTo("hello from a real node\n");
    assertThat(namespace.kubectl("exec", "talker", "--", "echo", "inside")).isEqualTo("inside\n");
    assertThat(namespace.kubectl("get", "pod", "talker", "-o", "jsonpath={.status.podIP}"))
        .startsWith("10.88.");
    namespace.kubectl("delete", "pod", "talker", "--grace-period=0", "--force");
  }

  @Test
  void removesWhatTheNodeOfAKilledJvmLeft() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    var killed = new NodeIdentity(ended.pid());
    Command.of("ip", "link", "add", killed.bridge(), "type", "bridge").output();
    var links = Command.of("ip", "-brief", "link");
    assertThat(links.output()).contains(killed.bridge());

    NodeIdentity.removeLeftovers();

    assertThat(links.output()).doesNotContain(killed.bridge());
  }

  @Test
  void letsADeploymentBecomeAvailable(TestNamespace namespace) {
    namespace.kubectl("create", "deployment", "sleeper", "--image=" + LocalNode.IMAGE);

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            namespace
                .kubectl(
                    "get", "deployment", "sleeper", "-o", "jsonpath={.status.availableReplicas}")
                .equals("1"));
  }
}
