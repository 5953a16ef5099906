package io.mooring.protocol.transport;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.UnknownHostException;
import java.util.Optional;

/** Starts a builder for a gRPC listener with the settings all of them share. */
public final class GrpcServers {
  private GrpcServers() {}

  /**
   * A builder that listens at the address with kas's keepalive. Event loops, services, executor and
   * connection age are the caller's.
   *
   * @throws UnknownHostException when the host of the address has no address
   */
  public static NettyServerBuilder builder(ListenAddress listen, Optional<ServerTls> tls)
      throws UnknownHostException {
    NettyServerBuilder builder =
        configured(NettyServerBuilder.forAddress(listen.socketAddress()), listen);
    tls.ifPresent(certificate -> builder.sslContext(certificate.grpc()));
    return builder;
  }

  /**
   * The same with a transport of the caller's, such as the one that also takes WebSocket.
   *
   * @throws UnknownHostException when the host of the address has no address
   */
  public static NettyServerBuilder builder(ListenAddress listen, ServerCredentials transport)
      throws UnknownHostException {
    return configured(NettyServerBuilder.forAddress(listen.socketAddress(), transport), listen);
  }

  private static NettyServerBuilder configured(NettyServerBuilder builder, ListenAddress listen) {
    return builder
        .channelType(
            listen.network() == ListenAddress.Network.UNIX
                ? NioServerDomainSocketChannel.class
                : NioServerSocketChannel.class)
        .keepAliveTime(Keepalive.SERVER.toNanos(), NANOSECONDS)
        .keepAliveTimeout(Keepalive.TIMEOUT.toNanos(), NANOSECONDS)
        .permitKeepAliveTime(Keepalive.SERVER_PERMITS.toNanos(), NANOSECONDS)
        .permitKeepAliveWithoutCalls(true);
  }
}
