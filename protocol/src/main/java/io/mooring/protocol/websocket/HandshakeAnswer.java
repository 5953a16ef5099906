package io.mooring.protocol.websocket;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.Optional;

/** Judges the answer to an opening handshake (RFC 6455 4.1, wire.md 2.7). */
final class HandshakeAnswer {
  /** More of a foreign text helps nobody. */
  private static final int MAX_QUOTED = 200;

  private HandshakeAnswer() {}

  /** What is wrong with the answer, and what to do; empty when nothing is. */
  static Optional<String> fault(HttpResponse response, String key) {
    if (response.decoderResult().isFailure()) {
      return Optional.of(
          "what answers does not speak HTTP/1.1 (expected: 101; an agent listener of kas needs agent.listen.websocket: true, otherwise use grpc:// or grpcs://)");
    }
    if (!HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status())) {
      return Optional.of(
          "answered "
              + quoted(response.status().toString())
              + location(response)
              + " (expected: 101 Switching Protocols; "
              + hint(response.status())
              + ")");
    }
    HttpHeaders headers = response.headers();
    if (!Handshake.lists(headers, HttpHeaderNames.UPGRADE, "websocket")
        || !Handshake.lists(headers, HttpHeaderNames.CONNECTION, "upgrade")) {
      return Optional.of(
          "101 with Connection: "
              + quoted(headers.get(HttpHeaderNames.CONNECTION, ""))
              + " and Upgrade: "
              + quoted(headers.get(HttpHeaderNames.UPGRADE, ""))
              + " (expected: Upgrade and websocket)");
    }
    if (!headers.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, "").equals(Handshake.accept(key))) {
      return Optional.of(
          "101 with a Sec-WebSocket-Accept that does not fit our key (expected: the answer of a WebSocket server, not of a cache)");
    }
    if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      return Optional.of(
          "101 with Sec-WebSocket-Extensions: "
              + quoted(headers.get(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS))
              + " (expected: none, as none was offered)");
    }
    String subprotocol = headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, Handshake.SUBPROTOCOL);
    if (!subprotocol.equalsIgnoreCase(Handshake.SUBPROTOCOL)) {
      return Optional.of(
          "101 with subprotocol "
              + quoted(subprotocol)
              + " (expected: "
              + Handshake.SUBPROTOCOL
              + "; this is not kas)");
    }
    return Optional.empty();
  }

  private static String location(HttpResponse response) {
    String location = response.headers().get(HttpHeaderNames.LOCATION, "");
    // The query of a login page may hold what is nobody's business.
    int query = location.indexOf('?');
    return location.isEmpty()
        ? ""
        : " to " + quoted(query < 0 ? location : location.substring(0, query));
  }

  private static String hint(HttpResponseStatus status) {
    if (status.codeClass() == HttpStatusClass.REDIRECTION) {
      return "redirects are not followed: set --kas-address to the address it leads to, mostly the same with a slash at its end";
    }
    return switch (status.code()) {
      case 400, 426 -> "a proxy in front of kas seems to drop the headers Connection and Upgrade";
      case 401, 403 ->
          "something in front of kas refuses the connection; --kas-header sends what it asks for";
      case 404 -> "check host and path of --kas-address";
      case 502, 503, 504 -> "the proxy in front cannot reach kas";
      default -> "this is not an agent listener of kas; check host and path of --kas-address";
    };
  }

  private static String quoted(String text) {
    String cut = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "..." : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
