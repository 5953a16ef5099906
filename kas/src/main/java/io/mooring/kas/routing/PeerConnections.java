package io.mooring.kas.routing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.rpc.MessageLimit;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.Keepalive;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to other replicas, one each, opened when first needed and shared (tunnel.md 5.3).
 * Thread-safe; nothing here waits for a connection.
 */
public final class PeerConnections implements AutoCloseable {
  /** A connection nobody used for so long is closed. */
  static final Duration IDLE_LIMIT = Duration.ofHours(1);

  /** Replicas of one kas are a handful; more entries than this are somebody's nonsense. */
  static final int MAX_PEERS = 200;

  private static final Logger log = LoggerFactory.getLogger(PeerConnections.class);

  private final EventLoops loops;
  private final Settings settings;
  private final ClientInterceptor metrics;
  private final InstantSource clock;
  private final @Nullable SslContext tls;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Connection> connections = new HashMap<>();

  /**
   * What connections are made with.
   *
   * @param tls what to trust
   * @param serverName name to verify with TLS
   * @param userAgent what to call ourselves
   */
  public record Settings(ClientTls tls, Optional<String> serverName, String userAgent) {}

  private static final class Connection {
    final ManagedChannel channel;
    int users;
    Instant unusedSince = Instant.MAX;

    Connection(ManagedChannel channel) {
      this.channel = channel;
    }
  }

  /** No connections yet. */
  public PeerConnections(
      EventLoops loops, Settings settings, ClientInterceptor metrics, InstantSource clock) {
    this.loops = loops;
    this.settings = settings;
    this.metrics = metrics;
    this.clock = clock;
    this.tls = settings.serverName().isPresent() ? settings.tls().grpc() : null;
  }

  /** A share of a connection, to be closed once. */
  interface Lease extends AutoCloseable {
    Channel channel();

    @Override
    void close();
  }

  /**
   * A share of the connection to a replica.
   *
   * @throws UnusablePeerException when there are too many, or TLS is not set up
   */
  Lease lease(String url, PeerAddress address) throws UnusablePeerException {
    lock.lock();
    try {
      Connection connection = connections.get(url);
      if (connection == null) {
        if (connections.size() >= MAX_PEERS) {
          closeUnused(Duration.ZERO);
        }
        if (connections.size() >= MAX_PEERS) {
          throw new UnusablePeerException(
              "connections to " + MAX_PEERS + " replicas are in use (expected: fewer)");
        }
        connection = new Connection(open(address));
        connections.put(url, connection);
        log.atDebug().addKeyValue("pool_conn_url", url).log("Connecting to a replica");
      }
      connection.users++;
      return new Share(connection);
    } finally {
      lock.unlock();
    }
  }

  private ManagedChannel open(PeerAddress address) throws UnusablePeerException {
    NettyChannelBuilder builder =
        switch (address) {
          case PeerAddress.Unix(String path) ->
              NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(path))
                  .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                  .eventLoopGroup(loops.java())
                  .overrideAuthority("localhost")
                  .negotiationType(NegotiationType.PLAINTEXT);
          case PeerAddress.Tcp tcp -> open(tcp);
        };
    return builder
        .keepAliveTime(Keepalive.CLIENT.toNanos(), NANOSECONDS)
        .keepAliveTimeout(Keepalive.TIMEOUT.toNanos(), NANOSECONDS)
        .keepAliveWithoutCalls(true)
        .maxInboundMessageSize(MessageLimit.BYTES)
        .userAgent(settings.userAgent())
        .intercept(metrics)
        // Nothing on this path blocks; a hand-over to another thread would cost more than the work.
        .directExecutor()
        .disableRetry()
        .build();
  }

  private NettyChannelBuilder open(PeerAddress.Tcp address) throws UnusablePeerException {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + address.endpoint())
            .channelType(loops.tcpClientChannel())
            .eventLoopGroup(loops.tcp());
    if (!address.tls()) {
      return builder.negotiationType(NegotiationType.PLAINTEXT);
    }
    if (tls == null) {
      throw new UnusablePeerException(
          OwnUrl.HOST + " is not set (expected: the name in the certificates of the replicas)");
    }
    settings.serverName().ifPresent(builder::overrideAuthority);
    return builder.negotiationType(NegotiationType.TLS).sslContext(tls);
  }

  /** Number of connections, used or not. */
  int size() {
    lock.lock();
    try {
      return connections.size();
    } finally {
      lock.unlock();
    }
  }

  private void release(Connection connection) {
    lock.lock();
    try {
      connection.users--;
      if (connection.users == 0) {
        connection.unusedSince = clock.instant();
      }
      closeUnused(IDLE_LIMIT);
    } finally {
      lock.unlock();
    }
  }

  private void closeUnused(Duration limit) {
    Instant now = clock.instant();
    for (Iterator<Connection> all = connections.values().iterator(); all.hasNext(); ) {
      Connection connection = all.next();
      if (connection.users == 0 && !now.isBefore(connection.unusedSince.plus(limit))) {
        connection.channel.shutdown();
        all.remove();
      }
    }
  }

  /** Cuts everything. */
  @Override
  public void close() {
    lock.lock();
    try {
      connections.values().forEach(connection -> connection.channel.shutdownNow());
      connections.clear();
    } finally {
      lock.unlock();
    }
  }

  private final class Share implements Lease {
    private final Connection connection;

    Share(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Channel channel() {
      return connection.channel;
    }

    @Override
    public void close() {
      release(connection);
    }
  }
}
