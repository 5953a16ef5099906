package io.mooring.protocol.websocket;

import io.grpc.ChannelCredentials;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.HttpProxy;
import io.mooring.protocol.transport.KasAddress;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.util.AsciiString;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** Starts a builder for a gRPC channel to kas through WebSocket: {@code ws://}, {@code wss://}. */
public final class WebSocketChannels {
  private WebSocketChannels() {}

  /**
   * What the opening handshake carries, and which way it takes.
   *
   * @param userAgent such as {@code gitlab-agent/v16.5.0/0123abcd}
   * @param headers of the user; sent in the handshake only
   * @param proxies as the environment names them
   */
  public record Opening(String userAgent, List<HandshakeHeader> headers, HttpProxies proxies) {
    /** Copies the list. */
    public Opening {
      headers = List.copyOf(headers);
    }
  }

  /**
   * A builder for a channel with one connection: keepalive, {@code :authority} and transport are
   * set. Event loop, interceptors and the RPCs' user agent are the caller's. A failed attempt is
   * logged with its reason and made again with the channel's back-off.
   *
   * @param tls whom to trust, for {@code wss}
   * @param serverName the name to verify instead of the host
   */
  public static NettyChannelBuilder kas(
      KasAddress.WebSocket address, ClientTls tls, Optional<String> serverName, Opening opening) {
    var target =
        new WebSocketTarget(
            address,
            tls.http(),
            serverName.orElse(address.endpoint().host()),
            opening.proxies().proxy(address.endpoint(), address.tls()),
            opening.userAgent(),
            opening.headers(),
            new SecureRandom());
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + target.peer(), credentials(target))
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(ClientStage.LIMIT.toMillis()))
            // The way through a proxy is part of our own stages.
            .proxyDetector(ignored -> null);
    // A whole address is no authority by the RFC, and still what the original sends.
    InternalNettyChannelBuilder.disableCheckAuthority(builder);
    return GrpcChannels.kasTransport(builder).overrideAuthority(target.authority());
  }

  private static ChannelCredentials credentials(WebSocketTarget target) {
    return InternalNettyChannelCredentials.create(new Factory(target));
  }

  private record Factory(WebSocketTarget target)
      implements InternalProtocolNegotiator.ClientFactory {
    @Override
    public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
      return new Negotiator(target);
    }

    @Override
    public int getDefaultPort() {
      return target.peer().port();
    }
  }

  private record Negotiator(WebSocketTarget target)
      implements InternalProtocolNegotiator.ProtocolNegotiator {
    @Override
    public AsciiString scheme() {
      // As gRPC sees it there is no TLS: that is below the WebSocket.
      return AsciiString.of("http");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler connection) {
      return InternalProtocolNegotiators.waitUntilActiveHandler(
          stages(InternalProtocolNegotiators.grpcNegotiationHandler(connection)),
          connection.getNegotiationLogger());
    }

    /** From the last to the first. */
    private ChannelHandler stages(ChannelHandler grpc) {
      ChannelHandler first = new ClientUpgrade(target, grpc);
      if (target.address().tls()) {
        var verified = new HostPort(target.serverName(), target.address().endpoint().port());
        first = new ClientTlsStage(target, ClientTlsStage.Whom.KAS, verified, first);
      }
      if (target.proxy().isPresent()) {
        HttpProxy proxy = target.proxy().get();
        first = new ProxyTunnel(target, proxy, first);
        if (proxy.tls()) {
          first = new ClientTlsStage(target, ClientTlsStage.Whom.PROXY, proxy.endpoint(), first);
        }
      }
      return first;
    }

    @Override
    public void close() {}
  }
}
