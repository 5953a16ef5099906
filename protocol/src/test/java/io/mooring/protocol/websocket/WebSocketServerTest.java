package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.protocol.transport.ClientTls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The listening end, looked at from a bare socket. */
class WebSocketServerTest {
  private static final byte[] HTTP2_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private EchoServer server;

  @BeforeEach
  void start() throws Exception {
    server = EchoServer.cleartext(new CountedBuffers());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] http2Start() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(HTTP2_SETTINGS);
    return bytes.toByteArray();
  }

  /** Type of the HTTP/2 frame at the start of a message: 4 is SETTINGS. */
  private static int http2Type(RawFrame frame) {
    return frame.payload()[3];
  }

  @Test
  @Tag("wire-4")
  void answersAHandshakeOnAnyPath() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write(RawConnection.handshake());

      RawConnection.Head head = connection.head();

      assertThat(head.first()).isEqualTo("HTTP/1.1 101 Switching Protocols");
      assertThat(head.headers())
          .containsEntry("connection", "Upgrade")
          .containsEntry("upgrade", "websocket")
          .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
          .containsEntry("sec-websocket-protocol", "ws-tunnel")
          .containsEntry("server", EchoServer.SERVER_HEADER)
          .hasSize(5);
    }
  }

  @Test
  @Tag("wire-6")
  void doesNotTakeUpAnOfferOfCompression() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write(
          RawConnection.handshake(
              "Sec-WebSocket-Protocol: ws-tunnel",
              "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover"));

      RawConnection.Head head = connection.head();

      assertThat(head.first()).startsWith("HTTP/1.1 101");
      assertThat(head.headers()).doesNotContainKey("sec-websocket-extensions");
      connection.send(RawFrame.binary(http2Start()));
      assertThat(http2Type(connection.read())).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @Tag("wire-5")
  @ValueSource(strings = {"Sec-WebSocket-Protocol: chat", "X-None: 1"})
  void closesWith1002WhenOurSubprotocolIsNotOffered(String header) throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write(RawConnection.handshake(header));

      RawConnection.Head head = connection.head();
      RawFrame close = connection.read();
      connection.send(RawFrame.close(1002));

      assertThat(head.first()).startsWith("HTTP/1.1 101");
      assertThat(head.headers()).doesNotContainKey("sec-websocket-protocol");
      assertThat(close.opcode()).isEqualTo(8);
      assertThat(close.closeCode()).isEqualTo(1002);
      assertThat(close.closeText()).startsWith("subprotocol").endsWith("(expected: ws-tunnel)");
      assertThat(connection.ends()).isTrue();
    }
  }

  @Test
  @Tag("wire-8")
  void answers426ToAPlainRequest() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

      RawConnection.Head head = connection.head();

      assertThat(head.first()).isEqualTo("HTTP/1.1 426 Upgrade Required");
      assertThat(head.headers())
          .containsEntry("connection", "Upgrade, close")
          .containsEntry("upgrade", "websocket")
          .containsEntry("server", EchoServer.SERVER_HEADER);
      assertThat(connection.ends()).isTrue();
    }
  }

  @ParameterizedTest
  @Tag("wire-8")
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "PRI * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\n\r\n"
      })
  void answers426ToOtherRequests(String request) throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write(request);

      assertThat(connection.head().first()).isEqualTo("HTTP/1.1 426 Upgrade Required");
    }
  }

  @Test
  void answers403ToAForeignOriginAnd405ToAnotherMethod() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write(RawConnection.handshake("Origin: http://evil.example.com"));
      assertThat(connection.head().first()).isEqualTo("HTTP/1.1 403 Forbidden");
    }
    try (var connection = RawConnection.to(server.port())) {
      connection.write(RawConnection.handshake().replace("GET", "PUT"));
      RawConnection.Head head = connection.head();
      assertThat(head.first()).isEqualTo("HTTP/1.1 405 Method Not Allowed");
      assertThat(head.header("allow")).isEqualTo("GET");
    }
  }

  @Test
  void boundsWhatItReadsOfARequest() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write("GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.head().first()).startsWith("HTTP/1.1 414");
    }
    try (var connection = RawConnection.to(server.port())) {
      connection.write(RawConnection.handshake("Cookie: " + "x".repeat(70_000)));
      assertThat(connection.head().first()).startsWith("HTTP/1.1 431");
    }
    try (var connection = RawConnection.to(server.port())) {
      connection.write("\u0016\u0003\u0001 this is TLS or anything else \r\n\r\n");
      assertThat(connection.head().first()).startsWith("HTTP/1.1 400");
    }
  }

  @Test
  @Tag("wire-2")
  void takesThePrefaceInPieces() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      for (byte octet : http2Start()) {
        connection.write(new byte[] {octet});
      }

      assertThat(connection.in().readNBytes(9)[3]).isEqualTo((byte) 4);
    }
  }

  @Test
  void keepsTheBytesThatComeWithTheHandshake() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      var all = new ByteArrayOutputStream();
      all.writeBytes(RawConnection.handshake().getBytes(StandardCharsets.US_ASCII));
      all.writeBytes(RawFrame.binary(http2Start()).encode(OptionalInt.of(42)));
      connection.write(all.toByteArray());

      assertThat(connection.head().first()).startsWith("HTTP/1.1 101");
      assertThat(http2Type(connection.read())).isEqualTo(4);
    }
  }

  @Test
  @Tag("wire-7")
  void readsBytesOneByOneAndInFragments() throws Exception {
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      byte[] start = http2Start();
      for (int i = 0; i < 10; i++) {
        connection.send(RawFrame.binary(new byte[] {start[i]}));
      }
      for (int i = 10; i < start.length; i++) {
        connection.send(
            new RawFrame(i == start.length - 1, i == 10 ? 2 : 0, new byte[] {start[i]}));
        connection.send(new RawFrame(true, 9, new byte[0]));
      }

      assertThat(http2Type(connection.read(2))).isEqualTo(4);
    }
  }

  @Test
  @Tag("wire-7")
  void closesWith1003AfterAText() throws Exception {
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      connection.send(RawFrame.binary(http2Start()));
      connection.send(RawFrame.text("hello"));

      RawFrame close = connection.read(8);

      assertThat(close.closeCode()).isEqualTo(1003);
      assertThat(close.closeText()).contains("expected: binary");
      assertThat(connection.ends()).isTrue();
    }
  }

  @Test
  @Tag("wire-7")
  void closesWith1009AfterTooLongAMessageBeforeItIsSent() throws Exception {
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      connection.write(RawFrame.header(2, 10 * 1024 * 1024 + 1, true));

      assertThat(connection.read(8).closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void closesWith1002WhenAClientDoesNotMask() throws Exception {
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      connection.sendUnmasked(RawFrame.binary(http2Start()));

      assertThat(connection.read(8).closeCode()).isEqualTo(1002);
    }
  }

  @Test
  void answersPingsWithTheirPayload() throws Exception {
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      connection.send(new RawFrame(true, 9, "are you there".getBytes(StandardCharsets.UTF_8)));

      RawFrame pong = connection.read(10);

      assertThat(pong.payload()).asString().isEqualTo("are you there");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1011})
  void confirmsACloseAndEndsTheConnection(int code) throws Exception {
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      connection.send(RawFrame.binary(http2Start()));
      connection.send(RawFrame.close(code));

      assertThat(connection.read(8).closeCode()).isEqualTo(code);
      assertThat(connection.ends()).isTrue();
    }
  }

  @Test
  void closesWith1001WhenItStops() throws Exception {
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      connection.send(RawFrame.binary(http2Start()));
      connection.read(2);

      server.stop();
      connection.send(RawFrame.binary(http2PingAnswer(connection)));
      RawFrame close = connection.read(8);
      connection.send(RawFrame.close(1001));

      assertThat(close.closeCode()).isEqualTo(1001);
      assertThat(connection.ends()).isTrue();
    }
  }

  /** Waits for the PING behind a GOAWAY; the server goes once it is answered. */
  private static byte[] http2PingAnswer(RawConnection connection) throws Exception {
    var stream = new ByteArrayInputStream(connection.read(2).payload());
    while (true) {
      if (stream.available() == 0) {
        stream = new ByteArrayInputStream(connection.read(2).payload());
      }
      byte[] frame = stream.readNBytes(9);
      byte[] payload = stream.readNBytes(frame[2]);
      if (frame[3] == 6) {
        var answer = new ByteArrayOutputStream();
        answer.writeBytes(new byte[] {0, 0, 8, 6, 1, 0, 0, 0, 0});
        answer.writeBytes(payload);
        return answer.toByteArray();
      }
    }
  }

  @Test
  void endsAConnectionThatGoesAwayInTheMiddle() throws Exception {
    try (var connection = RawConnection.to(server.port())) {
      connection.write("GET / HT");
    }
    try (var connection = RawConnection.to(server.port())) {
      connection.write("PRI * HTTP/2");
    }
    try (var connection = RawConnection.to(server.port()).upgrade()) {
      connection.write(RawFrame.header(2, 5000, true));
    }
    // That nothing is left of them is checked when the server is closed.
    assertThat(server.port()).isPositive();
  }

  @ParameterizedTest
  @Tag("wire-9")
  @ValueSource(strings = {"wss:%2F%2Fkas.example.com", "wss://kas.example.com", "anything"})
  void acceptsAnyAuthority(String authority) throws Exception {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .negotiationType(NegotiationType.PLAINTEXT);
    io.grpc.netty.InternalNettyChannelBuilder.disableCheckAuthority(builder);
    var channel = builder.overrideAuthority(authority).build();
    try {

      assertThat(Echo.once(channel, new byte[] {1})).containsExactly(1);
      assertThat(server.seen().authority()).isEqualTo(authority);
    } finally {
      channel.shutdownNow().awaitTermination(5, java.util.concurrent.TimeUnit.SECONDS);
    }
  }

  @Test
  @Tag("wire-3")
  void choosesByAlpnUnderTls(@TempDir Path directory) throws Exception {
    var certificates = new Certificates();
    SSLContext trust =
        ClientTls.with("--ca-cert-file", Optional.of(certificates.file(directory))).java();
    try (EchoServer secured = EchoServer.tls(certificates.server(), new CountedBuffers())) {
      try (var connection = tls(trust, secured.port(), "TLSv1.3", "h2", "http/1.1")) {
        connection.write(http2Start());
        assertThat(connection.in().readNBytes(9)[3]).isEqualTo((byte) 4);
      }
      try (var connection = tls(trust, secured.port(), "TLSv1.2", "http/1.1")) {
        connection.upgrade().send(RawFrame.binary(http2Start()));
        assertThat(http2Type(connection.read())).isEqualTo(4);
      }
      try (var connection = tls(trust, secured.port(), "TLSv1.3")) {
        connection.upgrade().send(RawFrame.binary(http2Start()));
        assertThat(http2Type(connection.read())).isEqualTo(4);
      }
      try (var connection = tls(trust, secured.port(), "TLSv1.3", "spdy/9")) {
        connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(connection.head().first()).startsWith("HTTP/1.1 426");
      }
      assertThatThrownBy(() -> tls(trust, secured.port(), "TLSv1.1"))
          .isInstanceOf(SSLException.class);
    }
  }

  private static RawConnection tls(SSLContext trust, int port, String version, String... alpn)
      throws Exception {
    var socket =
        (SSLSocket) trust.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    var parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(alpn);
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (SSLException e) {
      socket.close();
      throw e;
    }
    return new RawConnection(socket);
  }
}
