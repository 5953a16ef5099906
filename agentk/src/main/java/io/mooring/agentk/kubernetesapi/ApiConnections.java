package io.mooring.agentk.kubernetesapi;

import io.mooring.agentk.kubernetes.ApiAccess;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.transport.HostPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to the API server: those that are free, and how to make more. There are never more in
 * use than requests, of which tunnels bound the number. Owned by one event loop; only names are
 * looked up elsewhere.
 */
// Connections that cannot be made or closed tell so by other ways.
@SuppressWarnings("FutureReturnValueIgnored")
final class ApiConnections {
  /** Bound of making a connection, its TLS included (kubernetes-api.md 7.2). */
  private static final Duration DIAL = Duration.ofSeconds(30);

  /** Free connections kept. A TLS one costs 60 KB; more at a time are rare, and made anew. */
  static final int MAX_IDLE = 64;

  /** A free connection is closed after this: before API servers and load balancers do it. */
  static final Duration MAX_IDLE_TIME = Duration.ofSeconds(90);

  private static final Duration SWEEP = Duration.ofSeconds(30);

  /** Longest head of a response; the API server's have some hundred bytes. */
  private static final int MAX_HEAD_BYTES = 128 * 1024;

  private static final int MAX_FIRST_LINE_BYTES = 8 * 1024;

  /** Pieces of a body as the decoder makes them: what one message carries. */
  private static final int PIECE_BYTES = 32 * 1024;

  /** Bytes that may wait for the API server before no more of an upload is asked for. */
  private static final WriteBufferWaterMark WRITES =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private final EventLoop loop;
  private final Executor tasks;
  private final Timing timing;
  private final Deque<ApiConnection> idle = new ArrayDeque<>();
  private final Set<Channel> open = new HashSet<>();
  private boolean sweeping;
  private boolean closed;

  ApiConnections(EventLoop loop, Executor tasks, Timing timing) {
    this.loop = loop;
    this.tasks = tasks;
    this.timing = timing;
  }

  /** Who wants a connection. */
  interface Waiter {
    /** Here it is: the waiter uses it or gives it back. */
    void connected(ApiConnection connection);

    /** There is none. */
    void failed(String what, @Nullable Throwable cause);
  }

  /** A free connection, the one that was used last; a new one when there is none. */
  void acquire(ApiAccess access, Waiter waiter) {
    for (ApiConnection free = idle.pollLast(); free != null; free = idle.pollLast()) {
      if (free.isOpen() && free.fits(access)) {
        waiter.connected(free);
        return;
      }
      free.close();
    }
    dial(access, false, waiter);
  }

  /** Takes a connection back that may serve again. */
  void release(ApiConnection connection) {
    if (closed || !connection.isOpen()) {
      connection.close();
      return;
    }
    connection.idle(timing.nanos().getAsLong());
    idle.addLast(connection);
    if (idle.size() > MAX_IDLE) {
      idle.removeFirst().close();
    }
    sweepLater();
  }

  private void sweepLater() {
    if (!sweeping && !idle.isEmpty()) {
      sweeping = true;
      loop.schedule(this::sweep, SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    for (Iterator<ApiConnection> all = idle.iterator(); all.hasNext(); ) {
      ApiConnection connection = all.next();
      if (!connection.isOpen()) {
        all.remove();
      } else if (timing.since(connection.idleSince()).compareTo(MAX_IDLE_TIME) >= 0) {
        all.remove();
        connection.close();
      }
    }
    sweepLater();
  }

  /**
   * Makes a connection that nobody used before.
   *
   * @param halfClosing what comes may end before what goes
   */
  void dial(ApiAccess access, boolean halfClosing, Waiter waiter) {
    HostPort peer = access.proxy().map(ApiAccess.Proxy::endpoint).orElse(access.endpoint());
    try {
      dial(access, halfClosing, List.of(InetAddress.ofLiteral(peer.host())), 0, waiter);
    } catch (IllegalArgumentException e) {
      // A name: looking it up blocks.
      tasks.execute(() -> {
        try {
          List<InetAddress> addresses = List.of(InetAddress.getAllByName(peer.host()));
          loop.execute(() -> dial(access, halfClosing, addresses, 0, waiter));
        } catch (UnknownHostException unknown) {
          loop.execute(
              () -> waiter.failed("dial " + peer + ": no such host " + peer.host(), unknown));
        }
      });
    }
  }

  private void dial(
      ApiAccess access, boolean halfClosing, List<InetAddress> addresses, int next, Waiter waiter) {
    if (closed) {
      waiter.failed("agentk is shutting down", null);
      return;
    }
    HostPort peer = access.proxy().map(ApiAccess.Proxy::endpoint).orElse(access.endpoint());
    var address = new InetSocketAddress(addresses.get(next), peer.port());
    var pipeline = new Pipeline(access, address, waiter);
    InetSocketAddress target =
        access.proxy().isEmpty()
            ? address
            : InetSocketAddress.createUnresolved(
                access.endpoint().host(), access.endpoint().port());
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .resolver(NoopAddressResolverGroup.INSTANCE)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(DIAL.toMillis()))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_READ, false)
        // An answer that came before the write failed is still to be read.
        .option(ChannelOption.AUTO_CLOSE, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClosing)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITES)
        .handler(pipeline)
        .connect(target)
        .addListener(
            (ChannelFutureListener)
                connecting -> {
                  if (connecting.isSuccess()) {
                    pipeline.established(connecting.channel());
                  } else if (next + 1 < addresses.size()) {
                    dial(access, halfClosing, addresses, next + 1, waiter);
                  } else {
                    waiter.failed(
                        "dial " + peer + ": " + reason(connecting.cause()), connecting.cause());
                  }
                });
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "failed" : String.valueOf(cause.getMessage());
  }

  /** What a connection goes through, and the end of making it. */
  private final class Pipeline extends ChannelInitializer<Channel> {
    private final ApiAccess access;
    private final InetSocketAddress proxy;
    private final Waiter waiter;

    Pipeline(ApiAccess access, InetSocketAddress proxy, Waiter waiter) {
      this.access = access;
      this.proxy = proxy;
      this.waiter = waiter;
    }

    @Override
    protected void initChannel(Channel channel) {
      open.add(channel);
      channel.closeFuture().addListener(closing -> open.remove(channel));
      access
          .proxy()
          .ifPresent(settings -> {
            var handler =
                settings.user().isEmpty()
                    ? new HttpProxyHandler(proxy)
                    : new HttpProxyHandler(proxy, settings.user(), settings.password().text());
            handler.setConnectTimeoutMillis(DIAL.toMillis());
            channel.pipeline().addLast(handler);
          });
      access
          .tls()
          .ifPresent(tls -> {
            SslHandler handler =
                tls.context()
                    .newHandler(channel.alloc(), tls.serverName(), access.endpoint().port());
            handler.setHandshakeTimeoutMillis(DIAL.toMillis());
            channel.pipeline().addLast(handler);
          });
    }

    private void established(Channel channel) {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      if (tls == null) {
        ready(channel);
        return;
      }
      channel.read();
      tls.handshakeFuture()
          .addListener(handshake -> {
            if (handshake.isSuccess()) {
              ready(channel);
            } else {
              channel.close();
              waiter.failed(
                  "TLS with " + tlsName() + ": " + reason(handshake.cause()), handshake.cause());
            }
          });
    }

    private String tlsName() {
      return access.tls().map(ApiAccess.Tls::serverName).orElse("");
    }

    private void ready(Channel channel) {
      var connection = new ApiConnection(channel, access);
      channel
          .pipeline()
          .addLast(
              new HttpClientCodec(
                  new HttpDecoderConfig()
                      .setMaxInitialLineLength(MAX_FIRST_LINE_BYTES)
                      .setMaxHeaderSize(MAX_HEAD_BYTES)
                      .setMaxChunkSize(PIECE_BYTES),
                  false,
                  false))
          .addLast(connection);
      waiter.connected(connection);
    }
  }

  /** Closes all, whoever uses them. */
  void close() {
    closed = true;
    idle.clear();
    List.copyOf(open).forEach(Channel::close);
  }

  /** How many are free. */
  int idle() {
    return idle.size();
  }
}
