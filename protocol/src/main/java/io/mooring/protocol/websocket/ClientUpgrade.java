package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a WebSocket and checks the answer. Netty's own handler would write the request at the
 * end of the pipeline, where gRPC holds it back.
 */
// A write or close that fails ends the channel, and whoever stands behind hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientUpgrade extends ClientStage {
  private static final int KEY_BYTES = 16;

  private final ChannelHandler grpc;
  private final HttpClientCodec codec = newCodec();
  private final String key;
  private boolean accepted;
  private @Nullable ByteBuf early;

  ClientUpgrade(WebSocketTarget target, ChannelHandler grpc) {
    super(target);
    this.grpc = grpc;
    byte[] random = new byte[KEY_BYTES];
    target.random().nextBytes(random);
    key = Base64.getEncoder().encodeToString(random);
  }

  /** Reads one answer, with a limit on its head. */
  static HttpClientCodec newCodec() {
    return new HttpClientCodec(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(Handshake.MAX_FIRST_LINE_BYTES)
            .setMaxHeaderSize(Handshake.MAX_HEADER_BYTES),
        false,
        false);
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    ctx.pipeline().addBefore(ctx.name(), null, codec);
    var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target().path());
    request
        .headers()
        .set(HttpHeaderNames.HOST, target().host())
        .set(HttpHeaderNames.USER_AGENT, target().userAgent())
        .set(HttpHeaderNames.CONNECTION, "Upgrade")
        .set(HttpHeaderNames.UPGRADE, "websocket")
        .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, Handshake.VERSION)
        .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, key)
        .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, Handshake.SUBPROTOCOL);
    target().headers().forEach(header -> request.headers().add(header.name(), header.value()));
    ctx.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (accepted && message instanceof ByteBuf rest) {
      // The decoder has left: these bytes are WebSocket frames already.
      early = early == null ? rest : Unpooled.wrappedBuffer(early, rest);
      return;
    }
    if (message instanceof HttpResponse response && !isOver()) {
      judge(ctx, response);
    }
    boolean last = message instanceof LastHttpContent;
    ReferenceCountUtil.release(message);
    if (last && accepted && !isOver()) {
      ctx.pipeline().remove(codec);
      ByteBuf rest = early == null ? Unpooled.EMPTY_BUFFER : early;
      early = null;
      advance(ctx, new MessageStream(new Role.Client(target().random())), grpc, rest);
    }
  }

  private void judge(ChannelHandlerContext ctx, HttpResponse response) {
    boolean interim =
        response.status().codeClass() == HttpStatusClass.INFORMATIONAL
            && !HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status());
    if (interim) {
      return;
    }
    Optional<String> fault = HandshakeAnswer.fault(response, key);
    if (fault.isPresent()) {
      fail(ctx, fault.get(), null);
    } else {
      accepted = true;
    }
  }

  @Override
  String late(Duration limit) {
    return "no answer to the WebSocket handshake within " + limit.toSeconds() + " s";
  }

  @Override
  String gone() {
    return "the connection was closed instead of answering the WebSocket handshake (expected: 101; behind wss:// and ws:// there has to be an agent listener with websocket: true)";
  }
}
