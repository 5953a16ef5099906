package io.mooring.kas.kubernetesapi;

import io.mooring.kas.config.Listener;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.rpc.RpcServer;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ListenAddress.Network;
import io.mooring.protocol.transport.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket that clients connect to, and what every connection of it has in common. */
final class HttpListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpListener.class);

  /**
   * Written and not taken: below the first mark more is read from the agent, above the second no
   * more. Two of the largest pieces of a body fit below the second.
   */
  private static final WriteBufferWaterMark WATER_MARKS =
      new WriteBufferWaterMark(32 * 1024, 96 * 1024);

  /** A client that went away in silence is noticed after a quarter of a minute and three more. */
  private static final int KEEPALIVE_SECONDS = 15;

  private static final int KEEPALIVE_PROBES = 3;
  private static final int HANDSHAKE_SECONDS = 10;
  private static final int BACKLOG = 1024;

  private final Channel channel;

  private HttpListener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Listens.
   *
   * @param accepted takes every new connection, on its event loop, with TLS in its pipeline
   * @throws SettingException naming the setting that does not work
   */
  static HttpListener bind(Listener listener, EventLoops loops, Consumer<DuplexChannel> accepted) {
    String setting = listener.section() + ".address";
    ListenAddress address = ListenAddress.parse(setting, listener.network(), listener.address());
    Optional<SslContext> tls = RpcServer.tls(listener).map(ServerTls::http);
    ServerBootstrap bootstrap = new ServerBootstrap();
    if (address.network() == Network.UNIX) {
      bootstrap.group(loops.java()).channel(NioServerDomainSocketChannel.class);
    } else {
      bootstrap.group(loops.tcp()).channel(loops.tcpChannel());
      tcpOptions(bootstrap, loops);
    }
    bootstrap
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
        .childHandler(new Initializer(tls, accepted));
    ChannelFuture bound;
    try {
      bound = bootstrap.bind(address.socketAddress()).awaitUninterruptibly();
    } catch (UnknownHostException e) {
      throw unusable(setting, listener, e);
    }
    Throwable failure = bound.cause();
    if (failure != null) {
      throw unusable(setting, listener, failure);
    }
    HttpListener started = new HttpListener(bound.channel());
    log.atInfo()
        .addKeyValue("net_network", listener.network())
        .addKeyValue("net_address", started.address())
        .addKeyValue("mod_name", "kubernetesApi")
        .log("Server is up");
    return started;
  }

  private static void tcpOptions(ServerBootstrap bootstrap, EventLoops loops) {
    bootstrap
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true);
    if (loops.tcpChannel() == EpollServerSocketChannel.class) {
      bootstrap
          .childOption(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
          .childOption(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_SECONDS)
          .childOption(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
    }
  }

  private static SettingException unusable(String setting, Listener listener, Throwable cause) {
    return new SettingException(
        setting,
        listener.address()
            + " cannot be listened at: "
            + cause.getMessage()
            + " (expected: a free address of this machine)",
        cause);
  }

  /** Where it listens. */
  SocketAddress address() {
    return channel.localAddress();
  }

  /** Accepts no more. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }

  private static final class Initializer extends ChannelInitializer<DuplexChannel> {
    private final Optional<SslContext> tls;
    private final Consumer<DuplexChannel> accepted;

    Initializer(Optional<SslContext> tls, Consumer<DuplexChannel> accepted) {
      this.tls = tls;
      this.accepted = accepted;
    }

    @Override
    protected void initChannel(DuplexChannel channel) {
      tls.ifPresent(context -> {
        SslHandler handler = context.newHandler(channel.alloc());
        handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        channel.pipeline().addLast(handler);
      });
      accepted.accept(channel);
    }
  }
}
