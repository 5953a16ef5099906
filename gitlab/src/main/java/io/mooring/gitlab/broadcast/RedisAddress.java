package io.mooring.gitlab.broadcast;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.mooring.gitlab.configuration.Redis;
import io.mooring.gitlab.configuration.SecretFile;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.protocol.transport.ClientTls;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Turns the settings into a Lettuce client. */
public final class RedisAddress {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Messages that wait for Redis; beyond it they reach this replica alone. */
  private static final int MAX_WAITING = 10_000;

  private static final int STANDARD_PORT = 6379;

  private RedisAddress() {}

  /** A client that does not queue for a Redis that is gone. */
  public static RedisClient client(Redis settings) {
    ClientResources resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(
                Delay.exponential(
                    Duration.ofMillis(100), Duration.ofSeconds(10), 2, TimeUnit.MILLISECONDS))
            .build();
    RedisClient client = RedisClient.create(resources);
    var options =
        ClientOptions.builder()
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(MAX_WAITING)
            .socketOptions(
                SocketOptions.builder().connectTimeout(CONNECT_LIMIT).keepAlive(true).build());
    settings
        .caFile()
        .flatMap(file -> ClientTls.with("redis.ca_file", Optional.of(file)).trustManager())
        .ifPresent(trust ->
            options.sslOptions(
                SslOptions.builder()
                    .jdkSslProvider()
                    .sslContext(context -> context.trustManager(trust))
                    .build()));
    client.setOptions(options.build());
    return client;
  }

  /** Where Redis is and how it is logged in to. */
  public static RedisURI uri(Redis settings) {
    URI url = settings.url();
    RedisURI.Builder uri =
        url.getScheme().equals("unix")
            ? RedisURI.Builder.socket(url.getPath())
            : RedisURI.Builder.redis(
                    url.getHost(), url.getPort() < 0 ? STANDARD_PORT : url.getPort())
                .withSsl(url.getScheme().equals("rediss"))
                .withDatabase(settings.database());
    uri.withClientName("gitlab").withTimeout(CONNECT_LIMIT);
    Optional<char[]> password =
        settings
            .passwordFile()
            .map(file -> {
              SecretFile.requirePrivate("redis.password_file", file);
              return SecretFiles.trimmed("redis.password_file", file).text().toCharArray();
            });
    settings
        .username()
        .ifPresentOrElse(
            name -> uri.withAuthentication(name, password.orElse(new char[0])),
            () -> password.ifPresent(uri::withPassword));
    return uri.build();
  }
}
