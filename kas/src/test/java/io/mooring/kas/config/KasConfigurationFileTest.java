package io.mooring.kas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.observability.LogLevel;
import io.mooring.protocol.yaml.InvalidDocumentException;
import io.mooring.protocol.yaml.Problem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KasConfigurationFileTest {
  private static final String SMALLEST =
      """
      gitlab:
        address: https://gitlab.example.com/gitlab
        authentication_secret_file: /etc/kas/gitlab
      api:
        listen:
          authentication_secret_file: /etc/kas/api
      private_api:
        listen:
          authentication_secret_file: /etc/kas/private
      """;

  @Test
  void fillsTheSmallestFileWithTheDocumentedDefaults() throws Exception {
    KasConfiguration kas = read(SMALLEST).configuration();

    assertThat(kas.gitlab().address()).isEqualTo(URI.create("https://gitlab.example.com/gitlab"));
    assertThat(kas.gitlab().externalUrl()).isEmpty();
    assertThat(kas.gitlab().apiRateLimit()).isEqualTo(new TokenBucket(50, 250));
    assertThat(kas.agent().listen().listener().network()).isEqualTo("tcp");
    assertThat(kas.agent().listen().listener().address()).isEqualTo("127.0.0.1:8150");
    assertThat(kas.agent().listen().connectionsPerTokenPerMinute()).isEqualTo(40_000);
    assertThat(kas.agent().listen().maxConnectionAge()).isEqualTo(Duration.ofHours(2));
    assertThat(kas.agent().listen().listenGracePeriod()).isEqualTo(Duration.ofSeconds(5));
    assertThat(kas.agent().listen().websocket()).isFalse();
    assertThat(kas.agent().infoCacheTtl()).isEqualTo(Duration.ofMinutes(5));
    assertThat(kas.agent().infoCacheErrorTtl()).isEqualTo(Duration.ofMinutes(1));
    assertThat(kas.agent().redisConnInfoTtl()).isEqualTo(Duration.ofMinutes(5));
    assertThat(kas.agent().redisConnInfoRefresh()).isEqualTo(Duration.ofMinutes(4));
    assertThat(kas.agent().redisConnInfoGc()).isEqualTo(Duration.ofMinutes(10));
    assertThat(kas.agent().configuration())
        .isEqualTo(new AgentConfigurationSettings(Duration.ofMinutes(5), 131_072));
    assertThat(kas.agent().gitops())
        .isEqualTo(
            new GitopsSettings(
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                5_242_880,
                20_971_520,
                100,
                1000));
    assertThat(kas.gitaly())
        .isEqualTo(new GitalySettings(new TokenBucket(30, 70), new TokenBucket(15, 40)));
    assertThat(kas.redis()).isEmpty();
    assertThat(kas.api().listener().address()).isEqualTo("127.0.0.1:8153");
    assertThat(kas.privateApi().listener().address()).isEqualTo("127.0.0.1:8155");
    assertThat(kas.observability().listener().address()).isEqualTo("127.0.0.1:8151");
    assertThat(kas.observability().usageReportingPeriod()).isEqualTo(Duration.ofMinutes(1));
    assertThat(kas.observability().prometheusPath()).isEqualTo("/metrics");
    assertThat(kas.observability().logLevel()).isEqualTo(LogLevel.INFO);
    assertThat(kas.observability().grpcLogLevel()).isEqualTo(LogLevel.ERROR);
  }

  @Test
  void readsRedisWithItsDefaults() throws Exception {
    RedisSettings redis =
        read(SMALLEST + "redis: {server: {address: 'localhost:6379'}}")
            .configuration()
            .redis()
            .orElseThrow();

    assertThat(redis.server()).isEqualTo(new RedisSettings.Standalone("localhost:6379"));
    assertThat(redis.dialTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(redis.writeTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(redis.keyPrefix()).isEqualTo("gitlab-kas");
    assertThat(redis.network()).isEqualTo("tcp");
    assertThat(redis.tls()).isEmpty();
    assertThat(redis.databaseIndex()).isZero();
  }

  @Test
  void readsSentinels() throws Exception {
    RedisSettings redis =
        read(SMALLEST
                + """
                redis:
                  sentinel: {master_name: m, addresses: ['a:1', 'b:2'], sentinel_password_file: /p}
                  tls: {enabled: true, ca_certificate_file: /ca}
                """)
            .configuration()
            .redis()
            .orElseThrow();

    assertThat(redis.server())
        .isEqualTo(
            new RedisSettings.Sentinel(
                "m", List.of("a:1", "b:2"), java.util.Optional.of(Path.of("/p"))));
    assertThat(redis.tls().orElseThrow().caCertificateFile()).contains(Path.of("/ca"));
  }

  @Test
  void keepsAZeroDurationWhereItMeansSomething() throws Exception {
    KasConfiguration kas = read(SMALLEST + "agent: {info_cache_ttl: 0s}").configuration();

    assertThat(kas.agent().infoCacheTtl()).isZero();
  }

  @Test
  void takesTheDefaultForAnEmptyTextAndAZeroNumber() throws Exception {
    KasConfiguration kas =
        read(SMALLEST + "agent: {listen: {address: '', connections_per_token_per_minute: 0}}")
            .configuration();

    assertThat(kas.agent().listen().listener().address()).isEqualTo("127.0.0.1:8150");
    assertThat(kas.agent().listen().connectionsPerTokenPerMinute()).isEqualTo(40_000);
  }

  @Test
  void refusesAnUnknownFieldWithItsPlace() {
    assertThatThrownBy(() -> read(SMALLEST + "agent:\n  lisen: {}\n"))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("kas.yaml:11:3")
        .hasMessageContaining("lisen");
  }

  @Test
  void refusesAWrongDurationWithItsPlace() {
    assertThatThrownBy(() -> read(SMALLEST + "agent:\n  info_cache_ttl: 5m\n"))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("kas.yaml:11:19")
        .hasMessageContaining("agent.info_cache_ttl");
  }

  @Test
  void refusesAMissingRequiredSection() {
    assertThatThrownBy(() -> read("gitlab: {address: 'http://x', authentication_secret_file: f}"))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("api")
        .hasMessageContaining("private_api");
  }

  @Test
  void refusesARefreshThatComesTooLateWithItsPlace() {
    assertThatThrownBy(() -> read(SMALLEST + "agent:\n  redis_conn_info_refresh: 300s\n"))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessage(
            "kas.yaml:11:28: agent.redis_conn_info_refresh: 300s (expected: less than"
                + " agent.redis_conn_info_ttl, 300s)");
  }

  @Test
  void refusesACertificateWithoutItsKeyAtItsSection() {
    assertThatThrownBy(() -> read(SMALLEST + "agent:\n  listen: {certificate_file: /crt}\n"))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessage(
            "kas.yaml:11:11: agent.listen.key_file: is not set while certificate_file is"
                + " (expected: both or none)");
  }

  @Test
  void refusesAnAddressOfGitLabThatIsNoUrl() {
    assertThatThrownBy(() -> read(SMALLEST.replace("https://gitlab", "ftp://gitlab")))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("kas.yaml:2:12: gitlab.address: ftp://gitlab.example.com/gitlab");
  }

  @Test
  void warnsOfWhatHasNoEffectWithItsPlace() throws Exception {
    KasConfigurationFile file = read(SMALLEST + "agent:\n  remote_development: {}\n");

    assertThat(file.warnings())
        .extracting(Problem::toString)
        .containsExactly(
            "kas.yaml:11:23: agent.remote_development: has no effect: the original does not use it"
                + " either.");
  }

  @Test
  void namesTheOptionWhenTheFileCannotBeRead() {
    assertThatThrownBy(() -> KasConfigurationFile.read(Path.of("/does/not/exist.yaml")))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("--configuration-file: /does/not/exist.yaml cannot be read");
  }

  @Test
  @Tag("fault-66")
  void refusesNothingButTheNamedField() {
    assertThatThrownBy(() -> read(SMALLEST + "observability:\n  listen: {network: udp}\n"))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("kas.yaml:11:21: observability.listen.network");
  }

  private static KasConfigurationFile read(String yaml) throws InvalidDocumentException {
    return KasConfigurationFile.parse("kas.yaml", yaml.getBytes(StandardCharsets.UTF_8));
  }
}
