package io.mooring.protocol.observability;

import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.METHOD_NOT_ALLOWED;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** Answers the three paths. The answer is made on a virtual thread and written from any. */
final class ObservabilityHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final ObservabilityServer.Endpoints endpoints;

  ObservabilityHandler(ObservabilityServer.Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  private record Answer(HttpResponseStatus status, String type, String body) {
    static Answer of(HttpResponseStatus status, String text) {
      return new Answer(status, TEXT, text);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    String path = new QueryStringDecoder(request.uri()).path();
    HttpMethod method = request.method();
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    Thread.ofVirtual()
        .name("observability")
        .start(() -> write(context, method, keepAlive, answer(method, path)));
  }

  private Answer answer(HttpMethod method, String path) {
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      return Answer.of(METHOD_NOT_ALLOWED, method + " is not allowed here (expected: GET)\n");
    }
    if (path.equals(endpoints.livenessPath())) {
      return probes(endpoints.liveness());
    }
    if (path.equals(endpoints.readinessPath())) {
      return probes(endpoints.readiness());
    }
    if (path.equals(endpoints.metricsPath())) {
      return metrics();
    }
    return Answer.of(
        NOT_FOUND,
        "nothing here; there is "
            + endpoints.metricsPath()
            + ", "
            + endpoints.livenessPath()
            + " and "
            + endpoints.readinessPath()
            + "\n");
  }

  private static Answer probes(List<Probe> probes) {
    for (Probe probe : probes) {
      try {
        probe.check().run();
      } catch (ProbeFailedException e) {
        return Answer.of(INTERNAL_SERVER_ERROR, probe.name() + ": " + e.getMessage());
      }
    }
    return Answer.of(OK, "");
  }

  private Answer metrics() {
    var writer = PrometheusTextFormatWriter.create();
    var out = new ByteArrayOutputStream(16 * 1024);
    try {
      writer.write(out, endpoints.registry().scrape());
    } catch (IOException e) {
      return Answer.of(INTERNAL_SERVER_ERROR, "metrics cannot be written: " + e.getMessage());
    }
    return new Answer(OK, writer.getContentType(), out.toString(UTF_8));
  }

  private void write(
      ChannelHandlerContext context, HttpMethod method, boolean keepAlive, Answer answer) {
    byte[] body = answer.body().getBytes(UTF_8);
    byte[] sent = method.equals(HttpMethod.HEAD) ? new byte[0] : body;
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, answer.status(), Unpooled.wrappedBuffer(sent));
    response
        .headers()
        .set(HttpHeaderNames.SERVER, endpoints.serverName())
        .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    HttpUtil.setKeepAlive(response, keepAlive);
    var written = context.writeAndFlush(response);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A reader that went away, or bytes that are no HTTP: there is nobody to tell.
    var _ = context.close();
  }
}
