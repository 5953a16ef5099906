package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.ServerTls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialling end: what it asks for, what it puts up with, and what it says when it fails. */
@Tag("wire-16")
class WebSocketClientTest {
  private static final Certificates CERTIFICATES = new Certificates();
  private static final ServerTls SERVER_TLS = CERTIFICATES.server();
  private static final byte[] MESSAGE = {1, 2, 3};

  @TempDir private static Path directory;

  private final CountedBuffers buffers = new CountedBuffers();

  private static ClientTls trusting() throws Exception {
    return ClientTls.with("--ca-cert-file", Optional.of(CERTIFICATES.file(directory)));
  }

  private static WebSocketChannels.Opening opening(Map<String, String> environment) {
    return new WebSocketChannels.Opening(
        EchoClient.USER_AGENT, List.of(), HttpProxies.of(environment));
  }

  private String failure(String address) {
    return failure(address, ClientTls.system(), EchoClient.OPENING);
  }

  private String failure(String address, ClientTls tls, WebSocketChannels.Opening opening) {
    try (EchoClient client = EchoClient.open(address, tls, opening, buffers)) {
      return failure(client);
    }
  }

  private static String failure(EchoClient client) {
    try {
      Echo.once(client.channel(), MESSAGE);
      throw new AssertionError("the call did not fail");
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      return String.valueOf(e.getStatus().getDescription());
    }
  }

  @Test
  @Tag("wire-17")
  void asksForTheWholeAddressWithItsOwnHeadersAndThoseOfTheUser() throws Exception {
    var opening =
        new WebSocketChannels.Opening(
            EchoClient.USER_AGENT,
            List.of(new HandshakeHeader("x-one", "1"), new HandshakeHeader("x-one", "2")),
            HttpProxies.none());
    try (var server = ScriptedServer.answering("HTTP/1.1 503 Busy\r\n\r\n")) {
      failure(
          "ws://localhost:" + server.port() + "/-/kubernetes%20agent/?a=b&c",
          ClientTls.system(),
          opening);

      RawConnection.Head request = server.request();
      assertThat(request.first()).isEqualTo("GET /-/kubernetes%20agent/?a=b&c HTTP/1.1");
      assertThat(request.headers())
          .containsEntry("host", "localhost:" + server.port())
          .containsEntry("connection", "Upgrade")
          .containsEntry("upgrade", "websocket")
          .containsEntry("sec-websocket-version", "13")
          .containsEntry("sec-websocket-protocol", "ws-tunnel")
          .containsEntry("user-agent", EchoClient.USER_AGENT)
          .containsEntry("x-one", "1, 2")
          .containsKey("sec-websocket-key")
          .hasSize(8);
      assertThat(Base64.getDecoder().decode(request.header("sec-websocket-key"))).hasSize(16);
    }
  }

  @Test
  void asksForTheRootWhenTheAddressHasNoPath() throws Exception {
    try (var server = ScriptedServer.answering("HTTP/1.1 503 Busy\r\n\r\n")) {
      failure("ws://127.0.0.1:" + server.port());

      assertThat(server.request().first()).isEqualTo("GET / HTTP/1.1");
    }
  }

  @Test
  @Tag("wire-9")
  @Tag("wire-17")
  void sendsTheWholeAddressAsAuthorityAndNoHandshakeHeaderWithACall() throws Exception {
    var opening =
        new WebSocketChannels.Opening(
            EchoClient.USER_AGENT, List.of(new HandshakeHeader("x-one", "1")), HttpProxies.none());
    try (EchoServer server = EchoServer.cleartext(new CountedBuffers());
        EchoClient client =
            EchoClient.open(
                "ws://127.0.0.1:" + server.port() + "/a@b/?c=d%20e",
                ClientTls.system(),
                opening,
                buffers)) {
      Echo.once(client.channel(), MESSAGE);

      EchoServer.Seen seen = server.seen();
      assertThat(seen.authority())
          .isEqualTo("ws:%2F%2F127.0.0.1:" + server.port() + "%2Fa@b%2F%3Fc=d%2520e");
      assertThat(seen.metadata().containsKey(Echo.key("x-one"))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "UPGRADE", "connection", "Sec-WebSocket-Protocol"})
  void refusesHeadersThatBelongToTheHandshake(String name) {
    assertThatThrownBy(() -> new HandshakeHeader(name, "secret"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(name)
        .hasMessageNotContaining("secret");
    assertThat(new HandshakeHeader("X-Token", "secret").toString()).isEqualTo("X-Token: ***");
  }

  @Test
  void doesNotFollowARedirectAndSaysWhereItLeads() throws Exception {
    try (var server =
        ScriptedServer.answering(
            "HTTP/1.1 301 Moved Permanently\r\nLocation: https://gitlab.example.com/-/kubernetes-agent/?state=hidden\r\nContent-Length: 0\r\n\r\n")) {
      String failure = failure("ws://127.0.0.1:" + server.port() + "/-/kubernetes-agent");

      assertThat(failure)
          .contains(
              "ws://127.0.0.1:" + server.port() + "/-/kubernetes-agent: answered 301",
              "to https://gitlab.example.com/-/kubernetes-agent/ (expected: 101",
              "redirects are not followed",
              "slash at its end")
          .doesNotContain("hidden");
      server.request();
      assertThat(server.wasNeverAsked()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 OK                  | is not an agent listener of kas
          400 Bad Request         | drop the headers Connection and Upgrade
          401 Unauthorized        | --kas-header sends what it asks for
          404 Not Found           | check host and path
          426 Upgrade Required    | drop the headers Connection and Upgrade
          502 Bad Gateway         | the proxy in front cannot reach kas
          """)
  void saysWhatAnotherStatusMayMean(String status, String hint) throws Exception {
    try (var server =
        ScriptedServer.answering("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nno")) {
      String failure = failure("ws://127.0.0.1:" + server.port());

      assertThat(failure).contains("answered " + status + " (expected: 101 Switching", hint);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Upgrade: websocket, Connection: Upgrade, Sec-WebSocket-Accept: bm90aGluZw== | Sec-WebSocket-Accept that does not fit
          Upgrade: websocket, Connection: Upgrade                                     | Sec-WebSocket-Accept that does not fit
          Upgrade: h2c, Connection: Upgrade, OK: 1                                    | Upgrade: h2c (expected: Upgrade and websocket)
          Upgrade: websocket, Connection: close, OK: 1                                | Connection: close
          Upgrade: websocket, Connection: Upgrade, OK: 1, Sec-WebSocket-Protocol: chat  | subprotocol chat (expected: ws-tunnel
          Upgrade: websocket, Connection: Upgrade, OK: 1, Sec-WebSocket-Extensions: permessage-deflate | expected: none, as none was offered
          """)
  void rejectsA101ThatIsWrong(String headers, String why) throws Exception {
    try (var server =
        new ScriptedServer((self, connection) -> {
          String key = self.head(connection).header("sec-websocket-key");
          String right = "Sec-WebSocket-Accept: " + RawConnection.acceptance(key);
          connection.write(
              "HTTP/1.1 101 Switching Protocols\r\n"
                  + headers.replace("OK: 1", right).replace(", ", "\r\n")
                  + "\r\n\r\n");
          connection.ends();
        })) {
      assertThat(failure("ws://127.0.0.1:" + server.port())).contains(why);
    }
  }

  @Test
  void acceptsAnAnswerWithoutSubprotocolAfterAnInterimOne() throws Exception {
    try (var server =
        new ScriptedServer((self, connection) -> {
          RawConnection.Head head = self.head(connection);
          connection.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
          connection.accept(head);
          connection.sendUnmasked(new RawFrame(true, 9, new byte[] {7}));
          RawFrame first = connection.read();
          while (first.opcode() != 10) {
            first = connection.read();
          }
          connection.sendUnmasked(RawFrame.close(1000 + first.payload()[0]));
          connection.ends();
        })) {
      // Our client answered the ping, and says with which code the connection was closed.
      assertThat(failure("ws://127.0.0.1:" + server.port()))
          .contains("kas closed the WebSocket with 1007");
    }
  }

  @ParameterizedTest
  @CsvSource({"1000, Network closed", "1001, Network closed", "1011, kas closed the WebSocket"})
  void tellsAnOrderlyEndFromOthers(int code, String text) throws Exception {
    try (var server =
        new ScriptedServer((self, connection) -> {
          connection.accept(self.head(connection), "Sec-WebSocket-Protocol: ws-tunnel");
          connection.read(2);
          connection.sendUnmasked(RawFrame.close(code));
          connection.ends();
        })) {
      assertThat(failure("ws://127.0.0.1:" + server.port())).contains(text);
    }
  }

  @Test
  void closesWith1003WhenTheServerSendsText() throws Exception {
    BlockingQueue<RawFrame> closes = new LinkedBlockingQueue<>();
    try (var server =
        new ScriptedServer((self, connection) -> {
          connection.accept(self.head(connection), "Sec-WebSocket-Protocol: ws-tunnel");
          connection.sendUnmasked(RawFrame.text("hello"));
          closes.add(connection.read(8));
          connection.ends();
        })) {
      assertThat(failure("ws://127.0.0.1:" + server.port()))
          .contains("kas broke the WebSocket protocol: text message (expected: binary messages)");
      assertThat(closes.take().closeCode()).isEqualTo(1003);
    }
  }

  @Test
  void closesWith1000WhenTheChannelEnds() throws Exception {
    BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();
    try (var server =
            new ScriptedServer((self, connection) -> {
              connection.accept(self.head(connection), "Sec-WebSocket-Protocol: ws-tunnel");
              connection.sendUnmasked(RawFrame.binary(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}));
              RawFrame close = connection.read(8);
              codes.add(close.closeCode());
              connection.sendUnmasked(close);
              connection.ends();
            });
        EchoClient client = EchoClient.open("ws://127.0.0.1:" + server.port(), buffers)) {
      BlockingQueue<Object> events = new LinkedBlockingQueue<>();
      StreamObserver<byte[]> requests = Echo.open(client.channel(), events);
      requests.onNext(MESSAGE);
      // Before that the answer to the handshake may still be on its way, and the end would need no
      // frame.
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> client.channel().getState(false) == ConnectivityState.READY);

      client.channel().shutdownNow();

      assertThat(codes.poll(30, TimeUnit.SECONDS)).isEqualTo(1000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000\u0000\u0006\u0004binary\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n"})
  void saysThatItIsNoHttp(String answer) throws Exception {
    try (var server = ScriptedServer.answering(answer)) {
      assertThat(failure("ws://127.0.0.1:" + server.port()))
          .contains("does not speak HTTP/1.1", "agent.listen.websocket: true");
    }
  }

  @Test
  void boundsWhatItReadsOfAnAnswer() throws Exception {
    try (var server =
        ScriptedServer.answering("HTTP/1.1 101 OK\r\nX: " + "x".repeat(70_000) + "\r\n\r\n")) {
      assertThat(failure("ws://127.0.0.1:" + server.port())).contains("does not speak HTTP/1.1");
    }
  }

  @Test
  void saysThatTheConnectionWasClosed() throws Exception {
    try (var server = new ScriptedServer(ScriptedServer::head)) {
      assertThat(failure("ws://127.0.0.1:" + server.port()))
          .contains("closed instead of answering the WebSocket handshake (expected: 101");
    }
  }

  @Test
  void connectsAgainAfterTheServerWentAway() throws Exception {
    try (var server =
            new ScriptedServer((self, connection) -> {
              connection.accept(self.head(connection), "Sec-WebSocket-Protocol: ws-tunnel");
              connection.read(2);
              connection.sendUnmasked(RawFrame.close(1001));
            });
        EchoClient client = EchoClient.open("ws://127.0.0.1:" + server.port(), buffers)) {
      failure(client);
      server.request();

      failure(client);

      assertThat(server.request().first()).startsWith("GET / ");
    }
  }

  // TLS.

  @Test
  @Tag("wire-19")
  void verifiesCertificateAndName() throws Exception {
    try (EchoServer server = EchoServer.tls(SERVER_TLS, new CountedBuffers())) {
      String address = "wss://127.0.0.1:" + server.port();

      assertThat(failure(address)).contains("TLS with 127.0.0.1 failed", "--ca-cert-file adds one");
      try (EchoClient client =
          EchoClient.open(
              address, trusting(), Optional.of("other.example.com"), EchoClient.OPENING, buffers)) {
        assertThat(failure(client)).contains("TLS with other.example.com failed");
      }
    }
  }

  @Test
  @Tag("wire-19")
  void trustsTheFileTheGivenNameAndAnythingWhenToldTo() throws Exception {
    try (EchoServer server = EchoServer.tls(SERVER_TLS, new CountedBuffers())) {
      String address = "wss://127.0.0.1:" + server.port();
      var anything = new ClientTls("--ca-cert-file", Optional.empty(), true);
      try (EchoClient client =
              EchoClient.open(
                  address,
                  trusting(),
                  Optional.of("kas.example.com"),
                  EchoClient.OPENING,
                  buffers);
          EchoClient careless =
              EchoClient.open(address, anything, EchoClient.OPENING, new CountedBuffers())) {
        assertThat(Echo.once(client.channel(), MESSAGE)).isEqualTo(MESSAGE);
        assertThat(Echo.once(careless.channel(), MESSAGE)).isEqualTo(MESSAGE);
      }
    }
  }

  @Test
  void letsCallCredentialsSeeThePrivacyOfWssAndTheLackOfItInWs() throws Exception {
    BlockingQueue<SecurityLevel> levels = new LinkedBlockingQueue<>();
    var credentials =
        new CallCredentials() {
          @Override
          public void applyRequestMetadata(
              RequestInfo call, Executor executor, MetadataApplier applier) {
            levels.add(call.getSecurityLevel());
            applier.apply(new Metadata());
          }
        };
    try (EchoServer secured = EchoServer.tls(SERVER_TLS, new CountedBuffers());
        EchoServer plain = EchoServer.cleartext(new CountedBuffers());
        EchoClient wss =
            EchoClient.open(
                "wss://127.0.0.1:" + secured.port(), trusting(), EchoClient.OPENING, buffers);
        EchoClient ws = EchoClient.open("ws://127.0.0.1:" + plain.port(), new CountedBuffers())) {
      for (EchoClient client : List.of(wss, ws)) {
        ClientCalls.blockingUnaryCall(
            client.channel(),
            Echo.UNARY,
            CallOptions.DEFAULT.withCallCredentials(credentials),
            MESSAGE);
      }

      assertThat(levels).containsExactly(SecurityLevel.PRIVACY_AND_INTEGRITY, SecurityLevel.NONE);
    }
  }

  // Proxies.

  @ParameterizedTest
  @CsvSource({"ws, HTTP_PROXY", "wss, HTTPS_PROXY", "ws, http_proxy", "wss, https_proxy"})
  void goesThroughTheProxyOfTheEnvironment(String scheme, String variable) throws Exception {
    try (EchoServer server =
            scheme.equals("ws")
                ? EchoServer.cleartext(new CountedBuffers())
                : EchoServer.tls(SERVER_TLS, new CountedBuffers());
        var proxy = ScriptedServer.proxy();
        // The name is for the proxy to resolve: nobody else could.
        EchoClient client =
            EchoClient.open(
                scheme + "://kas.example.com:" + server.port() + "/x",
                trusting(),
                opening(Map.of(variable, "http://us%65r:p%40ss@localhost:" + proxy.port())),
                buffers)) {
      assertThat(Echo.once(client.channel(), MESSAGE)).isEqualTo(MESSAGE);

      RawConnection.Head connect = proxy.request();
      String endpoint = "kas.example.com:" + server.port();
      assertThat(connect.first()).isEqualTo("CONNECT " + endpoint + " HTTP/1.1");
      assertThat(connect.headers())
          .containsEntry("host", endpoint)
          .containsEntry("user-agent", EchoClient.USER_AGENT)
          .containsEntry(
              "proxy-authorization",
              "Basic "
                  + Base64.getEncoder()
                      .encodeToString("user:p@ss".getBytes(StandardCharsets.UTF_8)))
          .hasSize(3);
      assertThat(server.seen().authority()).startsWith(scheme + ":%2F%2Fkas.example.com:");
    }
  }

  @Test
  void goesDirectlyWhereNoProxySaysSo() throws Exception {
    try (EchoServer server = EchoServer.cleartext(new CountedBuffers());
        var proxy = ScriptedServer.proxy();
        EchoClient client =
            EchoClient.open(
                "ws://127.0.0.1:" + server.port(),
                ClientTls.system(),
                opening(Map.of("HTTP_PROXY", "127.0.0.1:" + proxy.port(), "NO_PROXY", "127.0.0.1")),
                buffers)) {
      assertThat(Echo.once(client.channel(), MESSAGE)).isEqualTo(MESSAGE);
      assertThat(proxy.wasNeverAsked()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HTTP/1.1 407 Proxy Authentication Required | name and password belong into the address of the proxy
          HTTP/1.1 403 Forbidden                     | the proxy has to allow CONNECT to kas.example.com:443
          SSH-2.0-OpenSSH                            | does not speak HTTP/1.1
          """)
  void saysWhatTheProxyRefused(String answer, String hint) throws Exception {
    try (var proxy = ScriptedServer.answering(answer + "\r\nContent-Length: 0\r\n\r\n")) {
      String failure =
          failure(
              "wss://kas.example.com",
              ClientTls.system(),
              opening(Map.of("HTTPS_PROXY", "http://u:secret@localhost:" + proxy.port())));

      assertThat(failure).contains("proxy localhost:" + proxy.port(), hint);
      assertThat(failure).doesNotContain("secret");
    }
  }

  @Test
  void saysThatTheProxyClosedTheConnection() throws Exception {
    try (var proxy = new ScriptedServer(ScriptedServer::head)) {
      assertThat(
              failure(
                  "ws://kas.example.com",
                  ClientTls.system(),
                  opening(Map.of("HTTP_PROXY", "localhost:" + proxy.port()))))
          .contains("closed the connection instead of answering CONNECT");
    }
  }
}
