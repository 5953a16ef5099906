package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeRequestTest {
  private final HttpRequest request = handshake(HttpVersion.HTTP_1_1, HttpMethod.GET);

  private static HttpRequest handshake(HttpVersion version, HttpMethod method) {
    var request = new DefaultHttpRequest(version, method, "/any/path?with=query");
    request
        .headers()
        .set("Host", "kas.example.com:8150")
        .set("Connection", "keep-alive, Upgrade")
        .set("Upgrade", "WebSocket")
        .set("Sec-WebSocket-Version", "13")
        .set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .set("Sec-WebSocket-Protocol", "ws-tunnel");
    return request;
  }

  @Test
  @Tag("wire-4")
  void acceptsAHandshakeWithTheKeyOfTheRfc() {
    var verdict = HandshakeRequest.judge(request);

    assertThat(verdict)
        .isEqualTo(
            new HandshakeRequest.Accepted("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", true, "ws-tunnel"));
  }

  @ParameterizedTest
  @Tag("wire-4")
  @CsvSource(
      textBlock =
          """
          ws-tunnel,               true
          WS-Tunnel,               true
          'chat, ws-tunnel',       true
          'ws-tunnel , chat',      true
          chat,                    false
          ws-tunnel2,              false
          """)
  void looksForTheSubprotocolAmongThoseOffered(String offered, boolean found) {
    request.headers().set("Sec-WebSocket-Protocol", offered);

    assertThat(HandshakeRequest.judge(request))
        .asInstanceOf(type(HandshakeRequest.Accepted.class))
        .returns(found, HandshakeRequest.Accepted::tunnel);
  }

  @Test
  @Tag("wire-6")
  void doesNotMindAnOfferOfCompression() {
    request
        .headers()
        .set("Sec-WebSocket-Extensions", "permessage-deflate; client_no_context_takeover");

    assertThat(HandshakeRequest.judge(request)).isInstanceOf(HandshakeRequest.Accepted.class);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          Connection,            close,    426
          Upgrade,               h2c,      426
          Sec-WebSocket-Version, 8,        400
          Sec-WebSocket-Key,     '',       400
          Origin,                http://elsewhere.example.com,     403
          Origin,                https://kas.example.com,          403
          Origin,                null,                             403
          Origin,                'http://[',                       403
          """)
  @Tag("wire-8")
  void refusesWhatIsNoHandshake(String header, String value, int status) {
    request.headers().set(header, value);

    assertThat(refused(request).status().code()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://kas.example.com:8150", "https://KAS.example.com:8150", ""})
  void acceptsTheOriginOfTheRequestedHost(String origin) {
    request.headers().set("Origin", origin);

    assertThat(HandshakeRequest.judge(request)).isInstanceOf(HandshakeRequest.Accepted.class);
  }

  @Test
  void refusesASecondOriginBesideARightOne() {
    request.headers().add("Origin", "http://kas.example.com:8150");
    request.headers().add("Origin", "http://elsewhere.example.com");

    assertThat(refused(request).status().code()).isEqualTo(403);
  }

  @Test
  @Tag("wire-8")
  void refusesAnotherMethodAndAnOlderHttp() {
    assertThat(refused(handshake(HttpVersion.HTTP_1_1, HttpMethod.POST)).status().code())
        .isEqualTo(405);
    assertThat(refused(handshake(HttpVersion.HTTP_1_0, HttpMethod.GET)).status().code())
        .isEqualTo(426);
  }

  @Test
  void refusesNoHostAndTwo() {
    request.headers().add("Host", "other");
    assertThat(refused(request).text()).isEqualTo("2 Host headers (expected: 1)");

    request.headers().remove("Host");
    assertThat(refused(request).text()).isEqualTo("0 Host headers (expected: 1)");
  }

  @Test
  void namesTheHeadersThatHelp() {
    request.headers().set("Sec-WebSocket-Version", "12");
    assertThat(refused(request).headers().toString()).containsIgnoringCase("version=13");

    request.headers().remove("Upgrade");
    assertThat(refused(request).headers().values()).contains("Upgrade", "websocket");
  }

  private static HandshakeRequest.Refused refused(HttpRequest request) {
    return (HandshakeRequest.Refused) HandshakeRequest.judge(request);
  }
}
