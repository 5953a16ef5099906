package io.mooring.protocol.websocket;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;

/** Judges a request for a WebSocket (wire.md 2.7). Any path will do. */
final class HandshakeRequest {
  private static final Map<CharSequence, String> UPGRADE =
      Map.of(HttpHeaderNames.CONNECTION, "Upgrade", HttpHeaderNames.UPGRADE, "websocket");

  private HandshakeRequest() {}

  /** What is answered. */
  sealed interface Verdict {}

  /**
   * The connection becomes a WebSocket.
   *
   * @param accept value of {@code Sec-WebSocket-Accept}
   * @param tunnel whether the client offered our subprotocol; without it the WebSocket is closed at
   *     once
   * @param offered the subprotocols of the request, for the reason
   */
  record Accepted(String accept, boolean tunnel, String offered) implements Verdict {}

  /**
   * The connection is refused.
   *
   * @param status of the answer
   * @param headers of the answer beside the usual ones
   * @param text for whoever reads it
   */
  record Refused(HttpResponseStatus status, Map<CharSequence, String> headers, String text)
      implements Verdict {}

  static Verdict judge(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (request.decoderResult().isFailure()) {
      return undecodable(request.decoderResult().cause());
    }
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1) {
      return refused(HttpResponseStatus.BAD_REQUEST, hosts.size() + " Host headers (expected: 1)");
    }
    if (request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0
        || !Handshake.lists(headers, HttpHeaderNames.CONNECTION, "upgrade")
        || !Handshake.lists(headers, HttpHeaderNames.UPGRADE, "websocket")) {
      return new Refused(
          HttpResponseStatus.UPGRADE_REQUIRED,
          UPGRADE,
          "this port speaks gRPC, and gRPC through WebSocket (expected: Connection: Upgrade and Upgrade: websocket; a proxy in front has to pass them on)");
    }
    if (!HttpMethod.GET.equals(request.method())) {
      return new Refused(
          HttpResponseStatus.METHOD_NOT_ALLOWED,
          Map.of(HttpHeaderNames.ALLOW, "GET"),
          "method " + request.method() + " (expected: GET)");
    }
    String version = headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "");
    if (!version.equals(Handshake.VERSION)) {
      return new Refused(
          HttpResponseStatus.BAD_REQUEST,
          Map.of(HttpHeaderNames.SEC_WEBSOCKET_VERSION, Handshake.VERSION),
          "Sec-WebSocket-Version \"" + version + "\" (expected: 13)");
    }
    String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
    if (key.isEmpty()) {
      return refused(
          HttpResponseStatus.BAD_REQUEST, "no Sec-WebSocket-Key (expected: 16 bytes in base64)");
    }
    for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
      if (!origin.isEmpty() && !hosts.getFirst().equalsIgnoreCase(host(origin))) {
        return refused(
            HttpResponseStatus.FORBIDDEN,
            "Origin is not the requested host (expected: " + hosts.getFirst() + ", or no Origin)");
      }
    }
    return new Accepted(
        Handshake.accept(key),
        Handshake.lists(headers, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, Handshake.SUBPROTOCOL),
        String.join(", ", headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)));
  }

  private static Refused undecodable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException ignored ->
          refused(
              HttpResponseStatus.REQUEST_URI_TOO_LONG,
              "request line of more than " + Handshake.MAX_FIRST_LINE_BYTES + " bytes");
      case TooLongHttpHeaderException ignored ->
          refused(
              HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
              "headers of more than " + Handshake.MAX_HEADER_BYTES + " bytes");
      default -> refused(HttpResponseStatus.BAD_REQUEST, "no HTTP/1.1 request");
    };
  }

  private static Refused refused(HttpResponseStatus status, String text) {
    return new Refused(status, Map.of(), text);
  }

  /** Host and port of an origin; nothing equals that of one that cannot be read. */
  private static String host(String origin) {
    try {
      String authority = new URI(origin).getRawAuthority();
      return authority == null ? "" : authority;
    } catch (URISyntaxException e) {
      return "";
    }
  }
}
