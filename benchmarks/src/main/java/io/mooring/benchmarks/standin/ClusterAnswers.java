package io.mooring.benchmarks.standin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to the cluster's stand-in. Runs on the connection's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails when the connection is gone
final class ClusterAnswers extends ChannelInboundHandlerAdapter {
  private static final ByteBuf SMALL =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer()
              .writeBytes(
                  "{\"kind\":\"ConfigMap\",\"data\":{\"text\":\""
                      .getBytes(StandardCharsets.US_ASCII))
              .writeBytes(
                  "x"
                      .repeat(ClusterStandIn.SMALL_BYTES - 36 - 3)
                      .getBytes(StandardCharsets.US_ASCII))
              .writeBytes("\"}}".getBytes(StandardCharsets.US_ASCII))
              .asReadOnly());

  /** As large as the reads of an HTTP client. */
  private static final int CHUNK = 64 * 1024;

  private static final ByteBuf BULK =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(CHUNK).writeZero(CHUNK).asReadOnly());

  /** Each event is about as long as a small object's. */
  private static final String PADDING = " ".repeat(256);

  /** Leases and events. */
  private static final int MAX_OBJECT = 64 * 1024;

  private static final String VERSION =
      """
      {"major":"1","minor":"20","gitVersion":"v1.20.2","platform":"linux/amd64"}
      """;

  private final Map<String, String> objects;
  private @Nullable HttpRequest request;
  private @Nullable ByteBuf body;
  private @Nullable Future<?> events;
  private long received;
  private long toSend;
  private int eventsLeft;
  private boolean raw;
  private boolean pouring;

  ClusterAnswers(Map<String, String> objects) {
    this.objects = objects;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (raw) {
      ctx.writeAndFlush(message);
      return;
    }
    try {
      if (message instanceof HttpRequest head) {
        request = head;
        received = 0;
      }
      if (message instanceof HttpContent content) {
        take(content.content());
        if (content instanceof LastHttpContent && request != null) {
          HttpRequest complete = request;
          request = null;
          answer(ctx, complete);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void take(ByteBuf content) {
    received += content.readableBytes();
    HttpRequest current = request;
    if (current != null && current.uri().startsWith("/api") && received <= MAX_OBJECT) {
      ByteBuf kept = body == null ? Unpooled.buffer() : body;
      body = kept.writeBytes(content);
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest complete) {
    String path = complete.uri().split("\\?", 2)[0];
    if (path.equals("/small")) {
      ctx.write(response(HttpResponseStatus.OK, SMALL.duplicate()));
    } else if (path.startsWith("/down/")) {
      toSend = Long.parseLong(path.substring("/down/".length()));
      var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      HttpUtil.setContentLength(head, toSend);
      ctx.write(head);
      pour(ctx);
    } else if (path.equals("/up")) {
      ctx.write(json(HttpResponseStatus.OK, Long.toString(received)));
    } else if (path.startsWith("/watch/")) {
      watch(ctx, Integer.parseInt(path.substring("/watch/".length())));
    } else if (path.equals("/exec")) {
      upgrade(ctx, complete.headers().get(HttpHeaderNames.UPGRADE, "benchmark"));
    } else if (path.equals("/version")) {
      ctx.write(json(HttpResponseStatus.OK, VERSION));
    } else {
      ctx.write(object(complete.method(), path));
    }
    ctx.flush();
  }

  /** Writes until the kernel has enough; goes on when it has room again. */
  private void pour(ChannelHandlerContext ctx) {
    if (pouring) {
      // A flush that made room calls back from below.
      return;
    }
    pouring = true;
    while (toSend > 0 && ctx.channel().isWritable()) {
      int length = (int) Math.min(toSend, CHUNK);
      toSend -= length;
      ByteBuf piece = BULK.duplicate().writerIndex(length);
      ctx.writeAndFlush(
          toSend == 0 ? new DefaultLastHttpContent(piece) : new DefaultHttpContent(piece));
    }
    pouring = false;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    pour(ctx);
    ctx.fireChannelWritabilityChanged();
  }

  private void watch(ChannelHandlerContext ctx, int seconds) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    HttpUtil.setTransferEncodingChunked(head, true);
    ctx.write(head);
    eventsLeft = seconds;
    // Spread over the second, as independent objects change.
    long first = Math.floorMod(System.identityHashCode(this), 1000L);
    events =
        ctx.executor().scheduleAtFixedRate(() -> event(ctx), first, 1000, TimeUnit.MILLISECONDS);
  }

  private void event(ChannelHandlerContext ctx) {
    if (eventsLeft-- > 0) {
      String line = "{\"sent\":%d,\"pad\":\"%s\"}%n".formatted(System.nanoTime(), PADDING);
      ctx.writeAndFlush(
          new DefaultHttpContent(Unpooled.copiedBuffer(line, StandardCharsets.US_ASCII)));
    } else {
      stopEvents();
      ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private void stopEvents() {
    if (events != null) {
      events.cancel(false);
      events = null;
    }
  }

  private void upgrade(ChannelHandlerContext ctx, String protocol) {
    var head =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    head.headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.UPGRADE, protocol);
    ctx.writeAndFlush(head);
    raw = true;
    ctx.pipeline().remove("http");
  }

  private DefaultFullHttpResponse object(HttpMethod method, String path) {
    ByteBuf sent = body;
    body = null;
    String text = sent == null ? "" : sent.toString(StandardCharsets.UTF_8);
    if (sent != null) {
      sent.release();
    }
    if (method.equals(HttpMethod.POST)) {
      String name = text.replaceAll("(?s).*?\"name\"\\s*:\\s*\"([^\"]+)\".*", "$1");
      objects.put(path + "/" + name, text);
      return json(HttpResponseStatus.CREATED, text);
    }
    if (method.equals(HttpMethod.PUT)) {
      objects.put(path, text);
      return json(HttpResponseStatus.OK, text);
    }
    String stored = objects.get(path);
    return stored == null
        ? json(HttpResponseStatus.NOT_FOUND, "{\"kind\":\"Status\",\"code\":404}")
        : json(HttpResponseStatus.OK, stored);
  }

  private static DefaultFullHttpResponse json(HttpResponseStatus status, String text) {
    return response(status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }

  private static DefaultFullHttpResponse response(HttpResponseStatus status, ByteBuf content) {
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    HttpUtil.setContentLength(response, content.readableBytes());
    return response;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopEvents();
    if (body != null) {
      body.release();
      body = null;
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A contestant that was cut; the load generator counts it.
    ctx.close();
  }
}
