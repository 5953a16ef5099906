package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers an opening handshake, or refuses what is none. Netty's own handler would write its
 * refusals at the end of the pipeline, where gRPC holds them back.
 */
// A write or close that fails ends the channel, and whoever stands behind hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class ServerUpgrade extends ServerStage {
  /** A refused client may still be sending; a reset at once could cost it the answer. */
  private static final long LINGER_SECONDS = 1;

  private final String serverHeader;
  private final ChannelHandler grpc;
  private final HttpServerCodec codec =
      new HttpServerCodec(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(Handshake.MAX_FIRST_LINE_BYTES)
              .setMaxHeaderSize(Handshake.MAX_HEADER_BYTES));
  private HandshakeRequest.@Nullable Accepted accepted;
  private @Nullable ByteBuf early;

  /**
   * Waits for a request.
   *
   * @param serverHeader value of {@code Server} in every answer
   * @param grpc what the bytes of the stream are for
   */
  ServerUpgrade(String serverHeader, ChannelHandler grpc) {
    this.serverHeader = serverHeader;
    this.grpc = grpc;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    ctx.pipeline().addBefore(ctx.name(), null, codec);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (isOver()) {
      ReferenceCountUtil.release(message);
      return;
    }
    switch (message) {
      case HttpRequest request -> {
        switch (HandshakeRequest.judge(request)) {
          case HandshakeRequest.Accepted verdict -> accepted = verdict;
          case HandshakeRequest.Refused verdict -> refuse(ctx, verdict);
        }
        // A request that could not be read comes with an empty body of its own.
        ReferenceCountUtil.release(request);
      }
      case LastHttpContent end when !end.content().isReadable() -> {
        end.release();
        if (accepted != null) {
          accept(ctx, accepted);
        }
      }
      case HttpContent body -> {
        body.release();
        refuse(
            ctx,
            new HandshakeRequest.Refused(
                HttpResponseStatus.BAD_REQUEST, Map.of(), "request with a body (expected: none)"));
      }
      // The decoder has left: these bytes are WebSocket frames already.
      case ByteBuf rest when accepted != null ->
          early = early == null ? rest : Unpooled.wrappedBuffer(early, rest);
      default -> ReferenceCountUtil.release(message);
    }
  }

  private void accept(ChannelHandlerContext ctx, HandshakeRequest.Accepted verdict) {
    var response = response(HttpResponseStatus.SWITCHING_PROTOCOLS, "");
    response
        .headers()
        .set(HttpHeaderNames.UPGRADE, "websocket")
        .set(HttpHeaderNames.CONNECTION, "Upgrade")
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, verdict.accept());
    if (verdict.tunnel()) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, Handshake.SUBPROTOCOL);
    }
    ctx.writeAndFlush(response);
    ctx.pipeline().remove(codec);
    var stream = new MessageStream(new Role.Server());
    ByteBuf rest = early == null ? Unpooled.EMPTY_BUFFER : early;
    early = null;
    if (verdict.tunnel()) {
      advance(ctx, stream, grpc, rest);
    } else {
      ChannelHandlerContext place = become(ctx, stream);
      stream.fail(
          new CloseReason(
              CloseReason.PROTOCOL_ERROR,
              "subprotocol \""
                  + verdict.offered()
                  + "\" (expected: "
                  + Handshake.SUBPROTOCOL
                  + ")"));
      stream.channelRead(place, rest);
    }
  }

  private void refuse(ChannelHandlerContext ctx, HandshakeRequest.Refused verdict) {
    abandon();
    var response = response(verdict.status(), verdict.text() + "\n");
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    verdict.headers().forEach(response.headers()::set);
    response.headers().add(HttpHeaderNames.CONNECTION, "close");
    ctx.writeAndFlush(response);
    ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
  }

  private DefaultFullHttpResponse response(HttpResponseStatus status, String text) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.SERVER, serverHeader);
    return response;
  }
}
