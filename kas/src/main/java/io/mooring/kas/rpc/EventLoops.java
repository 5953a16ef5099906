package io.mooring.kas.rpc;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of the process: native epoll for TCP where the machine has it, because it is a
 * tenth faster; Java's own for sockets in the file system and for the small HTTP listener.
 */
public final class EventLoops implements AutoCloseable {
  private static final int QUIET_MILLIS = 0;
  private static final int LIMIT_MILLIS = 2000;

  private final EventLoopGroup java;
  private final EventLoopGroup fast;
  private final Class<? extends ServerChannel> channel;
  private final Class<? extends Channel> clientChannel;

  /** Starts no thread yet; a loop's thread starts with its first channel. */
  public EventLoops() {
    java =
        new MultiThreadIoEventLoopGroup(
            2, new DefaultThreadFactory("kas-io", true), NioIoHandler.newFactory());
    if (Epoll.isAvailable()) {
      fast =
          new MultiThreadIoEventLoopGroup(
              Runtime.getRuntime().availableProcessors(),
              new DefaultThreadFactory("kas-epoll", true),
              EpollIoHandler.newFactory());
      channel = EpollServerSocketChannel.class;
      clientChannel = EpollSocketChannel.class;
    } else {
      fast =
          new MultiThreadIoEventLoopGroup(
              Runtime.getRuntime().availableProcessors(),
              new DefaultThreadFactory("kas-nio", true),
              NioIoHandler.newFactory());
      channel = NioServerSocketChannel.class;
      clientChannel = NioSocketChannel.class;
    }
  }

  /** For channels of Java's own kind. */
  public EventLoopGroup java() {
    return java;
  }

  /** For channels of {@link #tcpChannel()} and {@link #tcpClientChannel()}. */
  public EventLoopGroup tcp() {
    return fast;
  }

  /** Kind of the listening channel for TCP. */
  public Class<? extends ServerChannel> tcpChannel() {
    return channel;
  }

  /** A listening channel for TCP that is not bound yet. */
  ServerChannel newTcpChannel() {
    return channel == EpollServerSocketChannel.class
        ? new EpollServerSocketChannel()
        : new NioServerSocketChannel();
  }

  /** Kind of a connecting channel for TCP. */
  public Class<? extends Channel> tcpClientChannel() {
    return clientChannel;
  }

  @Override
  public void close() {
    var first = java.shutdownGracefully(QUIET_MILLIS, LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    var second = fast.shutdownGracefully(QUIET_MILLIS, LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    first.awaitUninterruptibly(LIMIT_MILLIS);
    second.awaitUninterruptibly(LIMIT_MILLIS);
  }
}
