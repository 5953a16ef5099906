package io.mooring.kas.store;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.mooring.kas.config.RedisSettings;
import io.mooring.kas.config.RedisSettings.Sentinel;
import io.mooring.kas.config.RedisSettings.Standalone;
import io.mooring.kas.config.RedisSettings.Tls;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HostPort;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Turns the settings into a Lettuce client. */
final class RedisClients {
  /**
   * Commands that wait for an answer at one time. At 100,000 answers a second this is a tenth of a
   * second; behind a Redis that hangs it is what can pile up before callers are refused.
   */
  static final int MAX_WAITING_COMMANDS = 10_000;

  private static final String CLIENT_NAME = "gitlab-kas";

  private RedisClients() {}

  static RedisClient client(RedisSettings settings) {
    ClientResources resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(
                Delay.exponential(
                    Duration.ofMillis(100), Duration.ofSeconds(10), 2, TimeUnit.MILLISECONDS))
            .build();
    RedisClient client = RedisClient.create(resources);
    ClientOptions.Builder options =
        ClientOptions.builder()
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(MAX_WAITING_COMMANDS)
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(settings.dialTimeout())
                    .keepAlive(true)
                    .build())
            .timeoutOptions(TimeoutOptions.enabled(settings.writeTimeout()));
    settings.tls().ifPresent(tls -> options.sslOptions(ssl(tls)));
    client.setOptions(options.build());
    return client;
  }

  static RedisURI uri(RedisSettings settings) {
    RedisURI.Builder uri =
        switch (settings.server()) {
          case Standalone server when settings.network().equals("unix") ->
              RedisURI.Builder.socket(server.address());
          case Standalone server -> {
            HostPort address = HostPort.parse(server.address());
            yield RedisURI.Builder.redis(address.host(), address.port());
          }
          case Sentinel sentinel -> sentinel(sentinel);
        };
    uri.withDatabase(settings.databaseIndex())
        .withClientName(CLIENT_NAME)
        .withSsl(settings.tls().isPresent())
        .withTimeout(settings.dialTimeout());
    Optional<char[]> password =
        settings
            .passwordFile()
            .map(file -> SecretFiles.verbatim("redis.password_file", file).text().toCharArray());
    if (settings.username().isPresent()) {
      uri.withAuthentication(settings.username().get(), password.orElse(new char[0]));
    } else {
      password.ifPresent(uri::withPassword);
    }
    return uri.build();
  }

  private static RedisURI.Builder sentinel(Sentinel sentinel) {
    RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(sentinel.masterName());
    Optional<String> password =
        sentinel
            .passwordFile()
            .map(
                file -> SecretFiles.verbatim("redis.sentinel.sentinel_password_file", file).text());
    for (String text : sentinel.addresses()) {
      HostPort address = HostPort.parse(text);
      if (password.isPresent()) {
        uri.withSentinel(address.host(), address.port(), password.get());
      } else {
        uri.withSentinel(address.host(), address.port());
      }
    }
    return uri;
  }

  private static SslOptions ssl(Tls tls) {
    SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
    tls.caCertificateFile()
        .flatMap(file ->
            ClientTls.with("redis.tls.ca_certificate_file", Optional.of(file)).trustManager())
        .ifPresent(trust -> options.sslContext(context -> context.trustManager(trust)));
    if (tls.certificateFile().isPresent() && tls.keyFile().isPresent()) {
      options.keyManager(tls.certificateFile().get().toFile(), tls.keyFile().get().toFile(), null);
    }
    return options.build();
  }
}
