package io.mooring.agentk.doctor;

import io.mooring.agentk.connection.KasHeader;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.transport.KasAddress;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** The opening handshake of a WebSocket, as kas and what is in front of it answer it. */
record WebSocketCheck(
    KasAddress.WebSocket address, List<KasHeader> headers, RandomGenerator random) {
  private static final int KEY_BYTES = 16;

  /** Asks for the WebSocket; the connection carries frames when this returns. */
  HttpHead open(Line line, Bound bound) throws UnhealthyException {
    HttpHead answer;
    try {
      line.send(request());
      answer = line.head(bound);
    } catch (IOException e) {
      throw new UnhealthyException(
          Check.WEBSOCKET,
          "no answer to the WebSocket handshake",
          String.valueOf(e.getMessage()),
          "101 within " + bound.text(),
          "kas needs agent.listen.websocket: true for this scheme, or use grpc:// or grpcs://;"
              + " check the scheme: ws:// is without TLS, wss:// with");
    }
    if (answer.status() != 101) {
      throw refused(answer);
    }
    boolean upgraded =
        answer.header("upgrade").equalsIgnoreCase("websocket")
            && answer.header("connection").toLowerCase(Locale.ROOT).contains("upgrade");
    String protocol = answer.header("sec-websocket-protocol");
    if (!upgraded || !(protocol.isEmpty() || protocol.equals("ws-tunnel"))) {
      throw new UnhealthyException(
          Check.WEBSOCKET,
          "101, but without what belongs to it",
          "Upgrade: "
              + answer.header("upgrade")
              + ", Connection: "
              + answer.header("connection")
              + ", Sec-WebSocket-Protocol: "
              + protocol,
          "Upgrade: websocket, Connection: Upgrade, Sec-WebSocket-Protocol: ws-tunnel",
          "a proxy in between changes the answer, or this is not kas: exempt "
              + address.endpoint().host()
              + " from it, or use wss:// so that it cannot look inside");
    }
    return answer;
  }

  private String request() {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    String path = address.uri().getRawPath();
    String query = address.uri().getRawQuery();
    var request =
        new StringBuilder("GET ")
            .append(path == null || path.isEmpty() ? "/" : path)
            .append(query == null ? "" : "?" + query)
            .append(" HTTP/1.1\r\nHost: ")
            .append(address.uri().getRawAuthority())
            .append("\r\nUser-Agent: ")
            .append(BuildInfo.current().agent())
            .append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13")
            .append("\r\nSec-WebSocket-Key: ")
            .append(Base64.getEncoder().encodeToString(key))
            .append("\r\nSec-WebSocket-Protocol: ws-tunnel\r\n");
    headers.forEach(
        header -> request.append(header.name()).append(": ").append(header.value()).append("\r\n"));
    return request.append("\r\n").toString();
  }

  private UnhealthyException refused(HttpHead answer) {
    return new UnhealthyException(
        Check.WEBSOCKET,
        meaning(answer),
        answer.line()
            + (answer.header("server").isEmpty() ? "" : " from " + answer.header("server")),
        "101 Switching Protocols",
        advice(answer.status()));
  }

  private static String meaning(HttpHead answer) {
    return switch (answer.status()) {
      case 400, 426 -> "a proxy between here and kas strips the headers Upgrade and Connection";
      case 200, 404 -> "something other than kas answers at this host and path";
      case 401, 403 -> "something in front of kas refuses the connection";
      case 407 -> "a proxy on the way wants name and password";
      case 502, 503, 504 -> "a proxy in front does not reach kas";
      default ->
          answer.status() / 100 == 3
              ? "kas's address leads elsewhere, and redirects are not followed"
              : "the WebSocket handshake is refused";
    };
  }

  private String advice(int status) {
    String host = address.endpoint().host();
    return switch (status) {
      case 400, 426 ->
          (address.tls()
                  ? "let the proxy that ends TLS for " + host + " pass Connection and Upgrade on"
                  : "use wss://, so that no proxy can look inside, or let the proxy pass Connection"
                      + " and Upgrade on")
              + "; else exempt "
              + host
              + " from the proxy; a grpcs:// address needs no Upgrade, but HTTP/2 up to kas";
      case 200, 404 ->
          "check host and path of --kas-address; a proxy that answers with a page of its own has to"
              + " exempt "
              + host;
      case 401, 403 -> "allow " + host + " there, or send what it asks for with --kas-header";
      case 407 -> "put http://user:password@proxy into HTTPS_PROXY, or exempt " + host;
      case 502, 503, 504 -> "look at the proxy in front of kas, and whether kas runs";
      default -> "check --kas-address: mostly a slash at the end of its path is missing";
    };
  }
}
