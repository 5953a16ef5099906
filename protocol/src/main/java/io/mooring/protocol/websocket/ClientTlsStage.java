package io.mooring.protocol.websocket;

import io.grpc.netty.ProtocolNegotiationEvent;
import io.mooring.protocol.transport.HostPort;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes a connection a TLS one, without ALPN (wire.md 2.7). */
final class ClientTlsStage extends ClientStage {
  private final Whom whom;
  private final HostPort verified;
  private final ChannelHandler next;
  private @Nullable SslHandler handler;

  /** Who is at the other end of the TLS connection. */
  enum Whom {
    KAS,
    PROXY
  }

  /**
   * Waits for its turn.
   *
   * @param verified whose certificate it has to be
   */
  ClientTlsStage(WebSocketTarget target, Whom whom, HostPort verified, ChannelHandler next) {
    super(target);
    this.whom = whom;
    this.verified = verified;
    this.next = next;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    handler = target().tls().newHandler(ctx.alloc(), verified.host(), verified.port());
    handler.setHandshakeTimeoutMillis(LIMIT.toMillis());
    ctx.pipeline().addBefore(ctx.name(), null, handler);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object triggered) {
    if (triggered instanceof SslHandshakeCompletionEvent completion && handler != null) {
      if (completion.isSuccess()) {
        ProtocolNegotiationEvent passed =
            whom == Whom.KAS
                ? TlsSession.announce(event(), handler.engine().getSession())
                : event();
        advance(ctx, next, passed);
      } else {
        Throwable cause = completion.cause();
        fail(ctx, name() + " failed: " + cause.getMessage() + EXPECTED, cause);
      }
      return;
    }
    super.userEventTriggered(ctx, triggered);
  }

  private static final String EXPECTED =
      " (expected: a certificate for that name from a known authority; --ca-cert-file adds one)";

  private String name() {
    return "TLS with " + (whom == Whom.KAS ? "" : "the proxy ") + verified.host();
  }

  @Override
  String late(Duration limit) {
    return name() + " took more than " + limit.toSeconds() + " s";
  }

  @Override
  String gone() {
    return name() + " failed: the connection was closed" + EXPECTED;
  }
}
