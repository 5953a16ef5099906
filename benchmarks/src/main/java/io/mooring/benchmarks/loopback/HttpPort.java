package io.mooring.benchmarks.loopback;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/** An HTTP/1.1 server on a free port of loopback. Closing it cuts its connections. */
public final class HttpPort implements AutoCloseable {
  /** Connections of a fleet come in crowds. */
  private static final int BACKLOG = 4096;

  /** A writer stops when this much is not yet with the kernel, and goes on when half is left. */
  private static final int WATER_MARK = 256 * 1024;

  private final ChannelGroup connections =
      new DefaultChannelGroup("connections", GlobalEventExecutor.INSTANCE);
  private final Channel listener;

  private HttpPort(Loops loops, Supplier<List<ChannelHandler>> handlers) {
    listener =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(WATER_MARK / 2, WATER_MARK))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    channel.pipeline().addLast("http", new HttpServerCodec());
                    channel.pipeline().addLast(new HttpServerKeepAliveHandler());
                    handlers.get().forEach(channel.pipeline()::addLast);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  /**
   * Begins to listen.
   *
   * @param handlers of one connection, behind the codec, which is called {@code http}
   */
  public static HttpPort open(Loops loops, Supplier<List<ChannelHandler>> handlers) {
    return new HttpPort(loops, handlers);
  }

  /** The port it got. */
  public int number() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }
}
