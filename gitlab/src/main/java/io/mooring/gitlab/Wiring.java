package io.mooring.gitlab;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.grpc.ClientInterceptor;
import io.mooring.gitlab.broadcast.Bus;
import io.mooring.gitlab.broadcast.MemoryBus;
import io.mooring.gitlab.broadcast.RedisAddress;
import io.mooring.gitlab.broadcast.RedisBus;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.SecretFile;
import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.http.ClientAddress;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.identity.KasCookie;
import io.mooring.gitlab.identity.Passwords;
import io.mooring.gitlab.identity.SessionCookie;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.gitlab.internalapi.SharedSecrets;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.gitlab.webhook.SecretBox;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.observability.GrpcMetrics;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts that are not found by themselves: what the operator's configuration decides. */
@Configuration(proxyBeanMethods = false)
class Wiring {
  /** A request holds a connection for milliseconds; PostgreSQL has a process for each. */
  private static final int POOL_SIZE = 20;

  private static final Duration POOL_WAIT = Duration.ofSeconds(10);
  private static final int KEY_BASE_BYTES = 64;

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  SecureRandom random() {
    return new SecureRandom();
  }

  @Bean
  PrometheusRegistry registry() {
    return new PrometheusRegistry();
  }

  @Bean
  TokenGenerator tokenGenerator(SecureRandom random) {
    return new TokenGenerator(random);
  }

  @Bean
  Passwords passwords() {
    return new Passwords();
  }

  @Bean
  ExternalUrl externalUrl(GitLabConfiguration configuration) {
    return new ExternalUrl(
        configuration.externalUrl(),
        configuration.http().address(),
        configuration.http().tls().isPresent());
  }

  @Bean
  SessionCookie sessionCookie(ExternalUrl external) {
    return new SessionCookie(external.isSecure());
  }

  @Bean
  ClientAddress clientAddress(GitLabConfiguration configuration) {
    return new ClientAddress(configuration.http().trustedProxies());
  }

  /** What the application's own keys are derived from; replicas share it. */
  @Bean
  KeyBase keyBase(GitLabConfiguration configuration, TokenGenerator generator) throws IOException {
    Path file = configuration.dataDirectory().resolve(".secret_key_base");
    if (!Files.exists(file)) {
      SecretFile.create(file, HexFormat.of().formatHex(generator.bytes(KEY_BASE_BYTES)));
    }
    return new KeyBase(SecretFiles.trimmed("data_directory", file));
  }

  @Bean
  KasCookie kasCookie(KeyBase keyBase, TokenGenerator generator) {
    return new KasCookie(keyBase.secret(), generator);
  }

  @Bean
  SecretBox secretBox(KeyBase keyBase, SecureRandom random) {
    return new SecretBox(keyBase.secret(), random);
  }

  @Bean
  SharedSecrets sharedSecrets(
      GitLabConfiguration configuration, SecureRandom random, InstantSource clock) {
    return SharedSecrets.load(configuration, random, clock);
  }

  /** Shared by the calls on Gitaly and on kas. */
  @Bean
  ClientInterceptor callMetrics(PrometheusRegistry registry) {
    return GrpcMetrics.client(registry);
  }

  @Bean(destroyMethod = "close")
  GitalyStorages gitalyStorages(
      GitLabConfiguration configuration, ClientInterceptor callMetrics, InstantSource clock) {
    return new GitalyStorages(configuration.gitaly(), callMetrics, clock);
  }

  @Bean(destroyMethod = "close")
  KasClient kasClient(
      GitLabConfiguration configuration,
      SharedSecrets secrets,
      ExternalUrl external,
      ClientInterceptor callMetrics,
      InstantSource clock) {
    var client =
        new KasClient(JwtSigner.gitLabToKas(secrets.kas(), external.host(), clock), callMetrics);
    configuration.kas().internalUrl().ifPresent(client::connect);
    return client;
  }

  @Bean
  KubernetesProxyUrl kubernetesProxyUrl(GitLabConfiguration configuration, ExternalUrl external) {
    return new KubernetesProxyUrl(configuration.kas(), external);
  }

  @Bean(destroyMethod = "close")
  Bus bus(GitLabConfiguration configuration, InstantSource clock, SecureRandom random) {
    return configuration
        .redis()
        .<Bus>map(redis ->
            RedisBus.open(
                RedisAddress.client(redis),
                RedisAddress.uri(redis),
                redis.channelPrefix(),
                new Backoff(BackoffPolicy.SUBSCRIPTION, clock, random)))
        .orElseGet(MemoryBus::new);
  }

  @Bean(destroyMethod = "close")
  HikariDataSource dataSource(DatabaseAddress address) {
    var pool = new HikariConfig();
    pool.setPoolName("gitlab");
    pool.setJdbcUrl(address.url());
    pool.setUsername(address.username());
    pool.setPassword(address.password().text());
    pool.setMaximumPoolSize(POOL_SIZE);
    pool.setConnectionTimeout(POOL_WAIT.toMillis());
    // Statements that hang would hold their connection for ever.
    pool.addDataSourceProperty("socketTimeout", "60");
    pool.addDataSourceProperty("ApplicationName", "gitlab");
    return new HikariDataSource(pool);
  }

  /** The secret of this installation. */
  record KeyBase(Secret secret) {}

  /** Where the tables are. */
  record DatabaseAddress(String url, String username, Secret password) {}
}
