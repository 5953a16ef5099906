package io.mooring.protocol.websocket;

import io.grpc.ServerCredentials;
import io.grpc.internal.ObjectPool;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.mooring.protocol.transport.ServerTls;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Serves gRPC, and gRPC through WebSocket, on one port (wire.md 2.7). */
public final class WebSocketServers {
  private WebSocketServers() {}

  /**
   * What a server is built with instead of plain gRPC's transport. In cleartext the first bytes of
   * a connection decide, with TLS the negotiated protocol.
   *
   * @param tls certificate and key; without them the port is cleartext
   * @param serverHeader value of {@code Server} in HTTP answers, such as {@code
   *     gitlab-kas/v16.5.0/0123abcd}
   */
  public static ServerCredentials credentials(Optional<ServerTls> tls, String serverHeader) {
    var negotiator = new Negotiator(tls.map(ServerTls::grpcAndHttp), serverHeader);
    return InternalNettyServerCredentials.create(new Factory(negotiator));
  }

  private record Factory(Negotiator negotiator)
      implements InternalProtocolNegotiator.ServerFactory {
    @Override
    public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator(
        ObjectPool<? extends Executor> offloadExecutor) {
      return negotiator;
    }
  }

  private record Negotiator(Optional<SslContext> tls, String serverHeader)
      implements InternalProtocolNegotiator.ProtocolNegotiator {
    @Override
    public AsciiString scheme() {
      return AsciiString.of(tls.isPresent() ? "https" : "http");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler connection) {
      ChannelHandler grpc = InternalProtocolNegotiators.grpcNegotiationHandler(connection);
      var upgrade = new ServerUpgrade(serverHeader, grpc);
      return InternalProtocolNegotiators.waitUntilActiveHandler(
          tls.isPresent()
              ? new ServerTlsStage(tls.get(), grpc, upgrade)
              : new ProtocolSniffer(grpc, upgrade),
          connection.getNegotiationLogger());
    }

    @Override
    public void close() {}
  }
}
