package io.mooring.gitlab.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {
  @TempDir Path directory;

  @Test
  void readsEverySetting() throws Exception {
    GitLabConfiguration configuration =
        read(
            """
            http:
              address: 0.0.0.0
              port: 8181
              trusted_proxies: [10.0.0.0/8]
              tls:
                certificate_file: tls/crt.pem
                key_file: tls/key.pem
            external_url: https://gitlab.example.com
            data_directory: /var/lib/gitlab
            database:
              url: jdbc:postgresql://db:5432/gitlab
              username: app
              password_file: secrets/db
            administrator:
              username: admin
              email: admin@example.org
              password_file: secrets/root
            kas:
              internal_url: grpcs://kas:8153
              external_url: wss://kas.example.com
              external_k8s_proxy_url: https://clusters.example.com/k8s/
              secret_file: secrets/kas
            gitaly:
              storages:
                default:
                  address: tcp://gitaly:8075
                  token_file: secrets/gitaly
                other:
                  address: tls://gitaly2:9999
              hook_secret_file: secrets/hooks
              features:
                gitaly_a: true
                gitaly_b: false
            monitoring:
              allowed_addresses: [10.1.0.0/16]
            audit:
              retention_days: 30
            alerts:
              lost_after: 90s
              returned_after: 30s
              silent_after: 900s
            webhooks:
              allowed_addresses: [10.2.0.0/16]
              retention_days: 3
            """);

    assertThat(configuration.alerts())
        .isEqualTo(
            new Alerts(Duration.ofSeconds(90), Duration.ofSeconds(30), Duration.ofSeconds(900)));
    assertThat(configuration.webhooks()).isEqualTo(new Webhooks(List.of("10.2.0.0/16"), 3));

    assertThat(configuration.http())
        .isEqualTo(
            new GitLabConfiguration.Http(
                "0.0.0.0",
                8181,
                List.of("10.0.0.0/8"),
                Optional.of(
                    new GitLabConfiguration.Tls(
                        directory.resolve("tls/crt.pem"), directory.resolve("tls/key.pem")))));
    assertThat(configuration.externalUrl()).contains(URI.create("https://gitlab.example.com"));
    assertThat(configuration.dataDirectory()).isEqualTo(Path.of("/var/lib/gitlab"));
    assertThat(configuration.database())
        .isEqualTo(
            new Database.External(
                "jdbc:postgresql://db:5432/gitlab",
                "app",
                Optional.of(directory.resolve("secrets/db"))));
    assertThat(configuration.administrator().username()).isEqualTo("admin");
    assertThat(configuration.kas().internalUrl()).contains(URI.create("grpcs://kas:8153"));
    assertThat(configuration.kas().kubernetesProxyUrl())
        .contains(URI.create("https://clusters.example.com/k8s/"));
    assertThat(configuration.audit().retentionDays()).isEqualTo(30);
    assertThat(configuration.kas().secretFile()).isEqualTo(directory.resolve("secrets/kas"));
    assertThat(configuration.gitaly().storages()).containsOnlyKeys("default", "other");
    assertThat(configuration.gitaly().features())
        .isEqualTo(Map.of("gitaly_a", true, "gitaly_b", false));
    assertThat(configuration.monitoring().allowedAddresses()).containsExactly("10.1.0.0/16");
  }

  @ParameterizedTest
  @CsvSource({
    "wss://kas.example.com/-/kubernetes-agent/, https://kas.example.com/k8s-proxy",
    "grpcs://kas.example.com:8150, https://kas.example.com:8150/k8s-proxy",
    "ws://127.0.0.1:8150, http://127.0.0.1:8150/k8s-proxy",
  })
  void findsWhereClustersAreReachedFromWhereAgentsCall(String agents, String clusters)
      throws Exception {
    assertThat(read("kas:\n  external_url: " + agents + "\n").kas().kubernetesProxyUrl())
        .contains(URI.create(clusters));
  }

  @Test
  void hasADefaultForEverything() throws Exception {
    assertThat(read("")).isEqualTo(GitLabConfiguration.in(directory.resolve("data")));
    assertThat(read("data_directory: d\n"))
        .isEqualTo(GitLabConfiguration.in(directory.resolve("d")));
  }

  @ParameterizedTest
  @Tag("fault-66")
  @CsvSource(
      delimiter = '|',
      value = {
        "htp: {}|:1:1: htp: unknown setting (expected: administrator, alerts, audit, cable, data_directory,",
        "'http:\n  prot: 1'|:2:3: http.prot: unknown setting (expected: address, port, tls, trusted_proxies)",
        "'http:\n  port: 70000'|http.port: 70000 (expected: 0-65535)",
        "'http:\n  port: x'|:2:9: http.port: x (expected: 0-65535)",
        "'http:\n  port: [1]'|:2:9: http.port: a list (expected: a text)",
        "'http: 7'|:1:7: http: not a mapping (expected: settings with their names)",
        "'http:\n  port: 1\n  port: 2'|:3:3: http.port: there twice (expected: once)",
        "'database: {}'|database.url: missing (expected: jdbc:postgresql://host:port/database)",
        "'database:\n  url: mysql://x'|database.url: mysql://x (expected: jdbc:postgresql://",
        "'kas:\n  internal_url: http://x'|kas.internal_url: http://x (expected: grpc://, grpcs:// and a host)",
        "'external_url: gitlab'|external_url: gitlab (expected: http://, https:// and a host)",
        "'gitaly:\n  storages:\n    other:\n      address: tcp://x:1'|gitaly.storages: [other] (expected: one named default)",
        "'gitaly:\n  storages:\n    default: {}'|gitaly.storages.default.address: missing",
        "'gitaly:\n  features:\n    a: maybe'|:3:8: gitaly.features.a: maybe (expected: true or false)",
        "'monitoring:\n  allowed_addresses: 1'|:2:22: monitoring.allowed_addresses: not a list (expected: a list)",
        "'redis: {channel_prefix: x}'|redis.url: missing (expected: redis://host:port/database)",
        "'redis:\n  url: http://x'|redis.url: http://x (expected: redis://, rediss:// and a host)",
        "'redis:\n  url: redis://x/y'|redis.url: redis://x/y (expected: redis://host:port/database, a number)",
        "'cable:\n  max_connections: 0'|cable.max_connections: 0 (expected: 1-200000)",
        "'audit:\n  retention_days: 0'|audit.retention_days: 0 (expected: 1-3650)",
        "'http:\n  tls: {certificate_file: a}'|http.tls.key_file: missing (expected: the path of a file)",
        "'kas:\n  external_k8s_proxy_url: grpc://x'|kas.external_k8s_proxy_url: grpc://x (expected: http://, https://",
        "'a: [1'|:1:6: not YAML",
        "'- a'|:1:1: not a mapping"
      })
  void namesWhatCannotBeUsedAndWhereItStands(String text, String problem) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageStartingWith(directory.resolve("gitlab.yml").toString())
        .hasMessageContaining(problem);
  }

  @Test
  void saysThatAFileCannotBeRead() {
    assertThatThrownBy(() -> ConfigurationFile.read(directory.resolve("none.yml")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("none.yml cannot be read");
  }

  private GitLabConfiguration read(String text) throws IOException, InvalidDocumentException {
    Path file = directory.resolve("gitlab.yml");
    Files.writeString(file, text);
    return ConfigurationFile.read(file);
  }
}
