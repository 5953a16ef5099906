package io.mooring.allinone.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.Kubectl;
import io.mooring.testkit.kubernetes.LocalNode;
import io.mooring.testkit.kubernetes.RealNode;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.process.Command;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exec with a real Pod, straight and through kas: whatever the client speaks, it must not be able
 * to tell the two apart. The API server here, 1.20, speaks SPDY and {@code v4.channel.k8s.io}; what
 * speaks other things has {@link ScriptedExecTest}.
 */
@Tag("fault-23")
@RealNode
class RealExecTest extends ExecContract {
  private static final String POD = "talker";

  @TempDir Path directory;
  private Chain chain;
  private Endpoint straight;
  private TestNamespace namespace;

  @BeforeEach
  void start(ApiServer server, TestNamespace given) throws Exception {
    namespace = given;
    new Kubectl(server.kubeconfig())
        .apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: %s}
            spec:
              automountServiceAccountToken: false
              restartPolicy: Never
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, image: "%s", imagePullPolicy: Never, command: [sleep, "600"]}
            """
                .formatted(POD, given.name(), LocalNode.IMAGE));
    given.kubectl("wait", "pod/" + POD, "--for=condition=Ready", "--timeout=120s");
    chain = Chain.start(directory, server.kubeconfig());
    straight = Endpoint.of(server.url(), server.certificateAuthority(), server.admin().token());
  }

  @AfterEach
  void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @Test
  void kubectlSeesTheSameOverSpdy() throws Exception {
    for (List<String> words :
        List.of(
            List.of("sh", "-c", "cat; echo oops >&2; exit 137"),
            List.of("sh", "-c", "exit 0"),
            List.of("sh", "-c", "head -c 3; exit 1"),
            List.of("no-such-program"))) {
      Command.Output direct = kubectl(namespace.apiServer().kubeconfig(), words);
      Command.Output through = kubectl(chain.kubeconfig(), words);

      assertThat(through.exitCode()).as("%s", words).isEqualTo(direct.exitCode());
      assertThat(through.stdout()).as("%s", words).isEqualTo(direct.stdout());
      assertThat(ids(through.stderr())).as("%s", words).isEqualTo(ids(direct.stderr()));
    }
    assertThat(kubectl(chain.kubeconfig(), List.of("sh", "-c", "cat; exit 137")).exitCode())
        .isEqualTo(137);
  }

  @Test
  void aWebSocketChangesTheSizeOfItsTerminal() throws Exception {
    String path =
        path(
            true,
            "sh",
            "-c",
            "until [ \"$(stty size 2>/dev/null)\" = '40 100' ]; do sleep 0.1; done; echo ok");

    for (Endpoint endpoint : List.of(straight, chain.endpoint())) {
      try (ExecSocket socket = ExecSocket.open(endpoint, path, ExecSocket.V4)) {
        ExecSocket.Transcript transcript = socket.resize(100, 40).end();

        assertThat(transcript.stdout()).isEqualTo("ok\r\n");
        assertThat(transcript.status()).contains("\"Success\"");
      }
    }
  }

  @Override
  Endpoint straight() {
    return straight;
  }

  @Override
  Endpoint throughKas() {
    return chain.endpoint();
  }

  @Override
  String pod() {
    return "/api/v1/namespaces/" + namespace.name() + "/pods/" + POD;
  }

  private Command.Output kubectl(Path kubeconfig, List<String> command) {
    return new Kubectl(kubeconfig)
        .command("exec", "-i", "-n", namespace.name(), POD, "--")
        .with(command)
        .withInput("hello\nworld\n")
        .run();
  }

  /** Without what the runtime makes up for each run. */
  private static String ids(String text) {
    return text.replaceAll("[0-9a-f]{32,}", "<id>");
  }
}
