package io.mooring.agentk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.agentk.connection.AgentToken;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.testkit.secret.CapturedOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private static final Map<String, String> POD =
      Map.of("POD_NAMESPACE", "gitlab-agent", "POD_NAME", "agent-1");

  @Test
  void readsTheLeastThatIsNeeded() {
    AgentkOptions options =
        Main.options(POD, "--kas-address", "grpc://kas:8150", "--token-file=/config/token");

    assertThat(options.kas().address())
        .isEqualTo(new KasAddress.Grpc(new HostPort("kas", 8150), false));
    assertThat(options.kas().token()).isEqualTo(new AgentToken.File(Path.of("/config/token")));
    assertThat(options.kas().headers()).isEmpty();
    assertThat(options.observability()).isEqualTo(ListenAddress.tcp(":8080"));
    assertThat(options.observabilityTls()).isEmpty();
    assertThat(options.podName()).isEqualTo("agent-1");
    assertThat(options.kubernetes().kubeconfig()).isEmpty();
  }

  @Test
  void readsEveryFlag() {
    AgentkOptions options =
        Main.options(
            with("AGENTK_TOKEN", "t"),
            "--kas-address=grpcs://kas.example.com",
            "--ca-cert-file=/ca",
            "--kas-header",
            "X-A: 1",
            "--kas-header",
            "X-B: 2",
            "--kas-insecure-skip-tls-verify",
            "--kas-tls-server-name=other",
            "--observability-listen-network=tcp4",
            "--observability-listen-address=127.0.0.1:1",
            "--kubeconfig=/kube",
            "--context=c",
            "--cluster=cl",
            "--user=u",
            "--namespace=n",
            "--server=https://api",
            "--tls-server-name=api",
            "--insecure-skip-tls-verify",
            "--certificate-authority=/kca",
            "--client-certificate=/cc",
            "--client-key=/ck",
            "--token=canary",
            "--as=alice",
            "--as-group=a",
            "--as-group=b",
            "--request-timeout=2m");

    assertThat(options.kas().token()).isEqualTo(new AgentToken.Fixed(Secret.of("t")));
    assertThat(options.kas().tls().caFile()).contains(Path.of("/ca"));
    assertThat(options.kas().tls().skipVerify()).isTrue();
    assertThat(options.kas().serverName()).contains("other");
    assertThat(options.kas().headers()).hasSize(2);
    assertThat(options.observability())
        .isEqualTo(new ListenAddress(ListenAddress.Network.TCP4, "127.0.0.1:1"));
    var kubernetes = options.kubernetes();
    assertThat(kubernetes.context()).contains("c");
    assertThat(kubernetes.cluster()).contains("cl");
    assertThat(kubernetes.user()).contains("u");
    assertThat(kubernetes.namespace()).contains("n");
    assertThat(kubernetes.server()).contains("https://api");
    assertThat(kubernetes.tlsServerName()).contains("api");
    assertThat(kubernetes.insecureSkipTlsVerify()).isTrue();
    assertThat(kubernetes.token()).contains(Secret.of("canary"));
    assertThat(kubernetes.as()).contains("alice");
    assertThat(kubernetes.asGroups()).containsExactly("a", "b");
    assertThat(kubernetes.requestTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(options.toString()).doesNotContain("canary").contains("***");
  }

  @Test
  void wantsExactlyOneToken() {
    assertThatThrownBy(() -> Main.options(POD, "--kas-address=grpc://kas"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("exactly one");
    assertThatThrownBy(() ->
            Main.options(
                with("AGENTK_TOKEN", "canary"), "--kas-address=grpc://kas", "--token-file=/t"))
        .hasMessageContaining("exactly one")
        .hasMessageNotContaining("canary");
  }

  @Test
  void namesWhatIsMissingInTheEnvironment() {
    assertThatThrownBy(() ->
            Main.options(Map.of("POD_NAME", "p"), "--kas-address=grpc://kas", "--token-file=/t"))
        .hasMessageStartingWith("POD_NAMESPACE");
    assertThatThrownBy(() ->
            Main.options(
                Map.of("POD_NAMESPACE", "n"), "--kas-address=grpc://kas", "--token-file=/t"))
        .hasMessageStartingWith("POD_NAME:");
  }

  @Test
  void refusesACommandLineItDoesNotUnderstand() {
    assertThatThrownBy(() -> Main.options(POD, "--token-file=/t"))
        .isInstanceOf(CommandLine.MissingParameterException.class);
    assertThatThrownBy(() -> Main.options(POD, "--kas-address=grpc://kas", "--nonsense"))
        .isInstanceOf(CommandLine.UnmatchedArgumentException.class);
    assertThatThrownBy(() ->
            Main.options(
                POD, "--kas-address=grpc://kas", "--token-file=/t", "--request-timeout=soon"))
        .hasMessageContaining("--request-timeout: soon");
    assertThatThrownBy(() ->
            Main.options(
                POD, "--kas-address=grpc://kas", "--token-file=/t", "--observability-cert-file=/c"))
        .hasMessageContaining("--observability-key-file");
  }

  @Test
  @Tag("wire-15")
  void endsWithOneAndTheReasonWhenASettingCannotBeUsed() {
    try (var output = CapturedOutput.start()) {
      int code = Main.run(POD, "--kas-address=http://kas", "--token-file=/t");

      assertThat(code).isEqualTo(1);
      assertThat(output.text())
          .contains("Program aborted: --kas-address: http://kas has the scheme http")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void printsItsVersionAndItsUsage() {
    try (var output = CapturedOutput.start()) {
      assertThat(Main.run(Map.of(), "--version")).isZero();
      assertThat(Main.run(Map.of(), "--help")).isZero();
      assertThat(Main.run(Map.of(), "--wrong")).isEqualTo(2);

      assertThat(output.text())
          .contains("agentk version v0.0.0, commit: 00000000, built: 00000000.000000")
          .contains("--kas-address=<url>")
          .contains("AGENTK_TOKEN");
    }
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> environment = new HashMap<>(POD);
    environment.put(name, value);
    return environment;
  }
}
