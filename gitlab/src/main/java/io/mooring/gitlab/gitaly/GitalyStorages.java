package io.mooring.gitlab.gitaly;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.SecretFile;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GitalyAddress;
import io.mooring.protocol.transport.GrpcChannels;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The Git servers by name, with a connection to each that is made when first needed. Thread-safe.
 */
public final class GitalyStorages implements AutoCloseable {
  /** Calls that still run at the end get so long. */
  private static final long STOP_SECONDS = 5;

  private record Storage(String address, Optional<Secret> token, ManagedChannel channel) {}

  private final Map<String, Storage> storages = new HashMap<>();
  private final Map<String, String> features = new HashMap<>();
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().daemon().name("gitaly-client").factory(),
          NioIoHandler.newFactory());

  /** Prepares the connections. */
  public GitalyStorages(
      GitLabConfiguration.Gitaly configuration, ClientInterceptor metrics, InstantSource clock) {
    configuration
        .features()
        .forEach((name, on) ->
            features.put(
                "gitaly-feature-" + name.replaceFirst("^gitaly_", "").replace('_', '-'),
                Boolean.toString(on)));
    configuration
        .storages()
        .forEach((name, storage) -> storages.put(name, storage(name, storage, metrics, clock)));
  }

  private Storage storage(
      String name,
      GitLabConfiguration.Storage storage,
      ClientInterceptor metrics,
      InstantSource clock) {
    String setting = "gitaly.storages." + name;
    GitalyAddress address;
    try {
      address = GitalyAddress.parse(storage.address());
    } catch (IllegalArgumentException e) {
      throw new SettingException(setting + ".address", String.valueOf(e.getMessage()), e);
    }
    Optional<Secret> token = storage.tokenFile().map(file -> token(setting + ".token_file", file));
    ManagedChannel channel =
        GrpcChannels.gitaly(address, ClientTls.system())
            .eventLoopGroup(loops)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .intercept(new GitalyCredentials(token, features, clock), metrics)
            .userAgent("mooring-gitlab/" + BuildInfo.current().version())
            .build();
    return new Storage(storage.address(), token, channel);
  }

  private static Secret token(String setting, Path file) {
    Secret token = SecretFiles.trimmed(setting, file);
    SecretFile.requirePrivate(setting, file);
    return token;
  }

  /** Names of all Git servers. */
  public Set<String> names() {
    return Set.copyOf(storages.keySet());
  }

  /** The connection to a Git server. */
  public Channel channel(String name) {
    return storage(name).channel();
  }

  /** The address that whoever calls this Git server needs. */
  public String address(String name) {
    return storage(name).address();
  }

  /** The token that whoever calls this Git server needs; empty when it wants none. */
  public Optional<Secret> token(String name) {
    return storage(name).token();
  }

  /** Feature flags that go with every call, under the names of the metadata. */
  public Map<String, String> features() {
    return Map.copyOf(features);
  }

  private Storage storage(String name) {
    return Optional.ofNullable(storages.get(name))
        .orElseThrow(() ->
            new IllegalStateException(
                "storage " + name + " is not configured (expected: one of " + names() + ")"));
  }

  @Override
  public void close() {
    storages.values().forEach(storage -> storage.channel().shutdown());
    for (Storage storage : storages.values()) {
      try {
        if (!storage.channel().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
          storage.channel().shutdownNow();
        }
      } catch (InterruptedException e) {
        storage.channel().shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
    loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
