package io.mooring.protocol.websocket;

import io.mooring.protocol.transport.HttpProxy;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/** Asks an HTTP proxy for a way through to kas: {@code CONNECT} (RFC 9110 9.3.6, wire.md 2.8). */
// A write or close that fails ends the channel, and whoever stands behind hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class ProxyTunnel extends ClientStage {
  private final HttpProxy proxy;
  private final ChannelHandler next;
  private final HttpClientCodec codec = ClientUpgrade.newCodec();
  private boolean open;

  ProxyTunnel(WebSocketTarget target, HttpProxy proxy, ChannelHandler next) {
    super(target);
    this.proxy = proxy;
    this.next = next;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    ctx.pipeline().addBefore(ctx.name(), null, codec);
    String endpoint = target().address().endpoint().toString();
    var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, endpoint);
    request
        .headers()
        .set(HttpHeaderNames.HOST, endpoint)
        .set(HttpHeaderNames.USER_AGENT, target().userAgent());
    proxy
        .authorization()
        .ifPresent(
            secret -> request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, secret.text()));
    ctx.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpResponse response && !isOver()) {
      if (response.decoderResult().isFailure()) {
        fail(ctx, name() + " does not speak HTTP/1.1", response.decoderResult().cause());
      } else if (response.status().codeClass() == HttpStatusClass.SUCCESS) {
        open = true;
      } else if (response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
        fail(ctx, name() + " answered " + response.status() + hint(response.status()), null);
      }
    }
    boolean last = message instanceof LastHttpContent && open && !isOver();
    ReferenceCountUtil.release(message);
    if (last) {
      // Nothing of kas can be on its way before we say something.
      ctx.pipeline().remove(codec);
      advance(ctx, next, event());
    }
  }

  private String name() {
    return "proxy " + proxy.endpoint();
  }

  private String hint(HttpResponseStatus status) {
    return HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED.equals(status)
        ? " (expected: 200; name and password belong into the address of the proxy, or kas into NO_PROXY)"
        : " (expected: 200; the proxy has to allow CONNECT to "
            + target().address().endpoint()
            + ", or kas belongs into NO_PROXY)";
  }

  @Override
  String late(Duration limit) {
    return name() + " did not answer CONNECT within " + limit.toSeconds() + " s";
  }

  @Override
  String gone() {
    return name() + " closed the connection instead of answering CONNECT (expected: 200)";
  }
}
