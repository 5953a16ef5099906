package io.mooring.protocol.websocket;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.Optional;

/** A channel as agentk would open it. */
final class EchoClient implements AutoCloseable {
  static final String USER_AGENT = "gitlab-agent/v16.5.0/0123abcd";
  static final WebSocketChannels.Opening OPENING =
      new WebSocketChannels.Opening(USER_AGENT, List.of(), HttpProxies.none());

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;
  private final CountedBuffers buffers;

  private EchoClient(NettyChannelBuilder builder, CountedBuffers buffers) {
    this.buffers = buffers;
    channel =
        builder
            .eventLoopGroup(loops)
            .withOption(ChannelOption.ALLOCATOR, buffers.allocator())
            .maxInboundMessageSize(8 * 1024 * 1024)
            .build();
  }

  static EchoClient open(String address, CountedBuffers buffers) {
    return open(address, ClientTls.system(), OPENING, buffers);
  }

  static EchoClient open(
      String address, ClientTls tls, WebSocketChannels.Opening opening, CountedBuffers buffers) {
    return open(address, tls, Optional.empty(), opening, buffers);
  }

  static EchoClient open(
      String address,
      ClientTls tls,
      Optional<String> serverName,
      WebSocketChannels.Opening opening,
      CountedBuffers buffers) {
    NettyChannelBuilder builder =
        switch (KasAddress.parse("--kas-address", address)) {
          case KasAddress.Grpc grpc -> GrpcChannels.kas(grpc, tls, serverName, HttpProxies.none());
          case KasAddress.WebSocket ws -> WebSocketChannels.kas(ws, tls, serverName, opening);
        };
    return new EchoClient(builder, buffers);
  }

  ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(10, SECONDS)) {
        throw new AssertionError("the channel did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(0, 5, SECONDS).awaitUninterruptibly(5, SECONDS);
    buffers.verifyAllReleased();
  }
}
