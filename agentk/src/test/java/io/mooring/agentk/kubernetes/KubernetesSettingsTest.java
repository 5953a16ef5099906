package io.mooring.agentk.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesSettingsTest {
  private static final String FILE =
      """
      apiVersion: v1
      kind: Config
      current-context: one
      contexts:
      - {name: one, context: {cluster: c1, user: certificate, namespace: apps}}
      - {name: two, context: {cluster: c2, user: token}}
      - {name: plugin, context: {cluster: c2, user: exec}}
      clusters:
      - {name: c1, cluster: {server: "https://one:6443", certificate-authority: ca.crt, tls-server-name: api}}
      - {name: c2, cluster: {server: "https://two:6443", certificate-authority-data: Y2E=, insecure-skip-tls-verify: true}}
      users:
      - {name: certificate, user: {client-certificate: client.crt, client-key: /keys/client.key, as: alice, as-groups: [a, b]}}
      - {name: token, user: {token: canary-token}}
      - {name: exec, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, interactiveMode: Never, args: ['{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-program"}}']}}}
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    file = Files.writeString(folder.resolve("kubeconfig"), FILE);
  }

  @Test
  void takesTheCurrentContextWithPathsBesideTheFile() {
    Config config = KubernetesSettings.config(KubernetesOptions.ofKubeconfig(file));

    assertThat(config.getMasterUrl()).startsWith("https://one:6443");
    assertThat(config.getCaCertFile()).isEqualTo(folder.resolve("ca.crt").toString());
    assertThat(config.getTlsServerName()).isEqualTo("api");
    assertThat(config.getClientCertFile()).isEqualTo(folder.resolve("client.crt").toString());
    assertThat(config.getClientKeyFile()).isEqualTo("/keys/client.key");
    assertThat(config.getImpersonateUsername()).isEqualTo("alice");
    assertThat(config.getImpersonateGroups()).containsExactly("a", "b");
    assertThat(config.getNamespace()).isEqualTo("apps");
    assertThat(config.getUserAgent()).isEqualTo("gitlab-agent/v0.0.0/00000000");
  }

  @Test
  void takesAnotherContextOrPartsOfOne() {
    Config two =
        KubernetesSettings.config(options(Optional.of("two"), Optional.empty(), Optional.empty()));
    Config mixed =
        KubernetesSettings.config(
            options(Optional.empty(), Optional.of("c2"), Optional.of("token")));

    assertThat(two.getMasterUrl()).startsWith("https://two:6443");
    assertThat(two.getOauthToken()).isEqualTo("canary-token");
    assertThat(two.getCaCertData()).isEqualTo("Y2E=");
    assertThat(two.isTrustCerts()).isTrue();
    assertThat(two.getNamespace()).isEqualTo("default");
    assertThat(mixed.getMasterUrl()).startsWith("https://two:6443");
    assertThat(mixed.getOauthToken()).isEqualTo("canary-token");
    assertThat(mixed.getNamespace()).isEqualTo("apps");
  }

  @Test
  void leavesCredentialsOfAProgramToTheLibrary() {
    Config config =
        KubernetesSettings.config(
            options(Optional.of("plugin"), Optional.empty(), Optional.empty()));

    assertThat(config.getMasterUrl()).startsWith("https://two:6443");
    assertThat(config.getAutoOAuthToken()).isEqualTo("from-program");
  }

  @Test
  void letsFlagsReplaceWhatTheFileSays() throws Exception {
    Path authority = Files.writeString(folder.resolve("other.crt"), "x");
    var options =
        new KubernetesOptions(
            Optional.of(file),
            Optional.of("two"),
            Optional.empty(),
            Optional.empty(),
            Optional.of("other"),
            Optional.of("https://three"),
            Optional.of("name"),
            false,
            Optional.of(authority),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Secret.of("t")),
            Optional.of("bob"),
            List.of("g"),
            Duration.ofSeconds(3));

    Config config = KubernetesSettings.config(options);

    assertThat(config.getMasterUrl()).startsWith("https://three");
    assertThat(config.getNamespace()).isEqualTo("other");
    assertThat(config.getTlsServerName()).isEqualTo("name");
    assertThat(config.getCaCertFile()).isEqualTo(authority.toString());
    assertThat(config.getCaCertData()).isNull();
    assertThat(config.getOauthToken()).isEqualTo("t");
    assertThat(config.getImpersonateUsername()).isEqualTo("bob");
    assertThat(config.getImpersonateGroups()).containsExactly("g");
    assertThat(config.getRequestTimeout()).isEqualTo(3000);
  }

  @Test
  void namesTheFlagOfWhatIsMissing() {
    assertThatThrownBy(() ->
            KubernetesSettings.config(
                options(Optional.of("none"), Optional.empty(), Optional.empty())))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("--context: none is not in ");
    assertThatThrownBy(() ->
            KubernetesSettings.config(
                options(Optional.empty(), Optional.of("none"), Optional.empty())))
        .hasMessageStartingWith("--cluster: none");
    assertThatThrownBy(() ->
            KubernetesSettings.config(
                options(Optional.empty(), Optional.empty(), Optional.of("none"))))
        .hasMessageStartingWith("--user: none");
    assertThatThrownBy(
            () -> KubernetesSettings.config(KubernetesOptions.ofKubeconfig(folder.resolve("away"))))
        .hasMessageStartingWith("--kubeconfig: ");
  }

  @Test
  @Tag("fault-64")
  void keepsTheContentOfABrokenFileOutOfTheError() throws Exception {
    for (String text :
        List.of(
            "token: canary\n\t- x",
            "canary",
            "[canary]",
            "",
            "users: [{name: token, user: {token: canary}}]")) {
      Files.writeString(file, text);

      assertThatThrownBy(() -> KubernetesSettings.config(KubernetesOptions.ofKubeconfig(file)))
          .as(text)
          .isInstanceOf(SettingException.class)
          .hasMessageNotContaining("canary")
          .hasNoCause();
    }
  }

  private KubernetesOptions options(
      Optional<String> context, Optional<String> cluster, Optional<String> user) {
    return new KubernetesOptions(
        Optional.of(file),
        context,
        cluster,
        user,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Duration.ZERO);
  }
}
