package io.mooring.protocol.websocket;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Makes a connection a TLS one and decides by ALPN: {@code h2} is HTTP/2, anything else, or
 * nothing, HTTP/1.1 (wire.md 2.7).
 */
final class ServerTlsStage extends ServerStage {
  private final SslContext tls;
  private final ChannelHandler http2;
  private final ChannelHandler http1;
  private @Nullable SslHandler handler;

  ServerTlsStage(SslContext tls, ChannelHandler http2, ChannelHandler http1) {
    this.tls = tls;
    this.http2 = http2;
    this.http1 = http1;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    handler = tls.newHandler(ctx.alloc());
    ctx.pipeline().addBefore(ctx.name(), null, handler);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object triggered) {
    if (triggered instanceof SslHandshakeCompletionEvent completion && handler != null) {
      if (completion.isSuccess()) {
        boolean h2 = ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol());
        advance(
            ctx, h2 ? http2 : http1, TlsSession.announce(event(), handler.engine().getSession()));
      } else {
        fail(ctx, "TLS handshake failed", completion.cause());
      }
    }
    super.userEventTriggered(ctx, triggered);
  }
}
