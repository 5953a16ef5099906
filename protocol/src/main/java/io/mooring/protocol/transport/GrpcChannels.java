package io.mooring.protocol.transport;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.protocol.SettingException;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** Starts a builder for a gRPC channel with the settings all of them share. */
public final class GrpcChannels {
  private GrpcChannels() {}

  /**
   * A builder for a channel to kas: DNS, round robin, keepalive. Event loop, interceptors and user
   * agent are the caller's.
   *
   * @param serverName the name to verify instead of the host
   * @param proxies as the environment names them
   * @throws SettingException when the proxy that stands on the way is reached by TLS
   */
  public static NettyChannelBuilder kas(
      KasAddress.Grpc address, ClientTls tls, Optional<String> serverName, HttpProxies proxies) {
    NettyChannelBuilder builder =
        kasTransport(NettyChannelBuilder.forTarget("dns:///" + address.endpoint()))
            .defaultLoadBalancingPolicy("round_robin")
            .proxyDetector(GrpcProxies.of(address.endpoint(), proxies));
    secure(builder, address.tls(), tls);
    serverName.ifPresent(builder::overrideAuthority);
    return builder;
  }

  /** Sets what every channel to kas has, whatever carries it: keepalive, and Java's own sockets. */
  public static NettyChannelBuilder kasTransport(NettyChannelBuilder builder) {
    return keepalive(builder, Keepalive.CLIENT, Keepalive.CLIENT_TIMEOUT)
        .channelFactory(() -> {
          NioSocketChannel channel = new NioSocketChannel();
          channel.pipeline().addLast(TightReads.ofConnection());
          return channel;
        });
  }

  /**
   * A builder for a channel to Gitaly. Event loop, interceptors and user agent are the caller's.
   */
  public static NettyChannelBuilder gitaly(GitalyAddress address, ClientTls tls) {
    NettyChannelBuilder builder =
        switch (address) {
          case GitalyAddress.Unix(String path) ->
              NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(path))
                  .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                  .overrideAuthority("localhost");
          case GitalyAddress.Tcp(HostPort endpoint, boolean ignored) ->
              NettyChannelBuilder.forTarget("dns:///" + endpoint)
                  .channelType(NioSocketChannel.class);
          case GitalyAddress.Dns dns ->
              NettyChannelBuilder.forTarget(DnsServerNames.target(dns))
                  .channelType(NioSocketChannel.class)
                  .defaultLoadBalancingPolicy("round_robin");
        };
    secure(builder, address instanceof GitalyAddress.Tcp tcp && tcp.tls(), tls);
    return keepalive(builder, Keepalive.GITALY_CLIENT, Keepalive.TIMEOUT);
  }

  private static NettyChannelBuilder keepalive(
      NettyChannelBuilder builder, Duration interval, Duration timeout) {
    return builder
        .keepAliveTime(interval.toNanos(), NANOSECONDS)
        .keepAliveTimeout(timeout.toNanos(), NANOSECONDS)
        .keepAliveWithoutCalls(true);
  }

  private static void secure(NettyChannelBuilder builder, boolean secured, ClientTls tls) {
    if (secured) {
      builder.negotiationType(NegotiationType.TLS).sslContext(tls.grpc());
    } else {
      builder.negotiationType(NegotiationType.PLAINTEXT);
    }
  }
}
