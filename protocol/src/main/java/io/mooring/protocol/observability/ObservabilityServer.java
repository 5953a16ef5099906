package io.mooring.protocol.observability;

import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Metrics and probes over HTTP/1.1 (redis-observability.md 4). Runs on event loops of its owner;
 * each answer is made on a virtual thread, so that a slow probe holds up nothing.
 */
public final class ObservabilityServer implements AutoCloseable {
  /** Idle connections are closed after this. */
  private static final int IDLE_SECONDS = 60;

  /** An answer that a reader does not take within this is dropped. */
  private static final int WRITE_SECONDS = 15;

  /** These endpoints take no body; a larger one is refused. */
  private static final int MAX_BODY_BYTES = 1024;

  private final Channel listener;
  private final ChannelGroup connections;

  private ObservabilityServer(Channel listener, ChannelGroup connections) {
    this.listener = listener;
    this.connections = connections;
  }

  /**
   * What is offered, and where.
   *
   * @param serverName value of the {@code Server} header
   * @param metricsPath path of the metrics
   * @param livenessPath path of the liveness probes
   * @param readinessPath path of the readiness probes
   * @param registry the metrics
   * @param liveness all must pass
   * @param readiness all must pass
   */
  public record Endpoints(
      String serverName,
      String metricsPath,
      String livenessPath,
      String readinessPath,
      PrometheusRegistry registry,
      List<Probe> liveness,
      List<Probe> readiness) {
    /** Copies the lists. */
    public Endpoints {
      liveness = List.copyOf(liveness);
      readiness = List.copyOf(readiness);
    }
  }

  /**
   * Binds the listener.
   *
   * @param loops event loops that outlive the server
   * @throws IOException when the address cannot be bound; the message names it
   */
  public static ObservabilityServer start(
      ListenAddress listen, Optional<ServerTls> tls, Endpoints endpoints, EventLoopGroup loops)
      throws IOException {
    Optional<SslContext> context = tls.map(ServerTls::http);
    var connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    var bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(
                listen.network() == ListenAddress.Network.UNIX
                    ? NioServerDomainSocketChannel.class
                    : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    context.ifPresent(
                        ssl -> channel.pipeline().addLast(ssl.newHandler(channel.alloc())));
                    channel
                        .pipeline()
                        .addLast(new IdleStateHandler(IDLE_SECONDS, 0, 0, TimeUnit.SECONDS))
                        .addLast(new WriteTimeoutHandler(WRITE_SECONDS, TimeUnit.SECONDS))
                        .addLast(new HttpServerCodec())
                        .addLast(new RequestTimeout())
                        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                        .addLast(new ObservabilityHandler(endpoints));
                  }
                });
    var bound = bootstrap.bind(listen.socketAddress()).awaitUninterruptibly();
    @Nullable Throwable failure = bound.cause();
    if (failure != null) {
      throw new IOException(
          "cannot listen at " + listen.address() + ": " + failure.getMessage(), failure);
    }
    return new ObservabilityServer(bound.channel(), connections);
  }

  /** Where it listens; with port 0 in the configuration, the port that was free. */
  public SocketAddress address() {
    return listener.localAddress();
  }

  /** Stops listening and closes what is connected. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }
}
