package io.mooring.kas.git;

import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.mooring.kas.config.GitalySettings;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GitalyAddress;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.wire.entity.GitalyInfo;
import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The connections to Gitaly: one for each address and token, opened at the first call and kept for
 * the life of kas (gitlab-api.md 6.1). GitLab names the servers, so their number is that of an
 * installation. Thread-safe.
 */
public final class GitalyServers implements AutoCloseable {
  private record Key(String address, Secret token) {}

  private final ConcurrentMap<Key, GitalyServer> servers = new ConcurrentHashMap<>();
  private final GitalySettings settings;
  private final EventLoopGroup eventLoops;
  private final String userAgent;
  private final InstantSource clock;
  private final RateLimit limit;
  private final List<ClientInterceptor> interceptors;
  private final Context.CancellableContext scope = Context.ROOT.withCancellation();

  /**
   * No connection yet.
   *
   * @param eventLoops of the NIO transport; not closed here
   * @param userAgent {@code gitlab-kas/<version>/<commit>}
   */
  public GitalyServers(
      GitalySettings settings, EventLoopGroup eventLoops, String userAgent, InstantSource clock) {
    this(settings, eventLoops, userAgent, clock, List.of());
  }

  /** The same with interceptors around every call. */
  public GitalyServers(
      GitalySettings settings,
      EventLoopGroup eventLoops,
      String userAgent,
      InstantSource clock,
      List<ClientInterceptor> interceptors) {
    this.interceptors = List.copyOf(interceptors);
    this.settings = settings;
    this.eventLoops = eventLoops;
    this.userAgent = userAgent;
    this.clock = clock;
    this.limit =
        new RateLimit(
            settings.globalApiRateLimit().refillRatePerSecond(),
            settings.globalApiRateLimit().bucketSize(),
            clock);
  }

  /** Ends, and with it every call made in it, when the connections are closed. */
  Context scope() {
    return scope;
  }

  /** Of all connections together. */
  RateLimit limit() {
    return limit;
  }

  /**
   * The connection to a server.
   *
   * @throws IllegalArgumentException when the address has no form known
   */
  GitalyServer server(GitalyInfo info) {
    return servers.computeIfAbsent(
        new Key(info.getAddress(), Secret.of(info.getToken())), this::connect);
  }

  private GitalyServer connect(Key key) {
    ManagedChannel channel =
        GrpcChannels.gitaly(GitalyAddress.parse(key.address()), ClientTls.system())
            .eventLoopGroup(eventLoops)
            .userAgent(userAgent)
            .intercept(interceptors)
            .directExecutor()
            .build();
    RateLimit own =
        new RateLimit(
            settings.perServerApiRateLimit().refillRatePerSecond(),
            settings.perServerApiRateLimit().bucketSize(),
            clock);
    return new GitalyServer(channel, key.token(), own, clock);
  }

  /** Closes every connection; running calls fail. */
  @Override
  public void close() {
    scope.cancel(null);
    servers.values().forEach(server -> server.transport().shutdownNow());
    servers.clear();
  }
}
