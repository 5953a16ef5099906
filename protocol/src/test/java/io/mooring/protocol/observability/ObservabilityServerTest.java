package io.mooring.protocol.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.transport.ListenAddress;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObservabilityServerTest {
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ReadinessToggle toggle = new ReadinessToggle();
  private final ObservabilityServer.Endpoints endpoints =
      new ObservabilityServer.Endpoints(
          "gitlab-kas/v1/abc",
          "/metrics",
          "/liveness",
          "/readiness",
          registry,
          List.of(),
          List.of(toggle.probe("agentServer")));

  @BeforeAll
  static void warm() {
    assertThat(LOOPS.isShuttingDown()).isFalse();
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    assertThat(
            LOOPS
                .shutdownGracefully(0, 2, TimeUnit.SECONDS)
                .awaitUninterruptibly(5, TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  void answersProbesWithTheNameOfWhatIsMissing() throws Exception {
    try (var server = start("127.0.0.1:0")) {
      HttpResponse<String> before = get(server, "/readiness");
      toggle.ready();
      HttpResponse<String> after = get(server, "/readiness");

      assertThat(before.statusCode()).isEqualTo(500);
      assertThat(before.body()).isEqualTo("agentServer: not ready yet");
      assertThat(before.headers().firstValue("server")).contains("gitlab-kas/v1/abc");
      assertThat(after.statusCode()).isEqualTo(200);
      assertThat(after.body()).isEmpty();
      assertThat(get(server, "/liveness").statusCode()).isEqualTo(200);
      assertThat(get(server, "/nothing").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void showsMetrics() throws Exception {
    Counter.builder().name("agent_server_rate_exceeded").help("x").register(registry).inc();

    try (var server = start("127.0.0.1:0")) {
      HttpResponse<String> answer = get(server, "/metrics");

      assertThat(answer.body()).contains("agent_server_rate_exceeded_total 1.0");
      assertThat(answer.headers().firstValue("content-type").orElseThrow())
          .startsWith("text/plain");
    }
  }

  @Test
  void listensAtASocketFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("s");
    var listen = ListenAddress.parse("observability.listen.address", "unix", file.toString());

    try (var server = ObservabilityServer.start(listen, Optional.empty(), endpoints, LOOPS);
        var client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      assertThat(server.address()).isNotNull();
      assertThat(client.connect(UnixDomainSocketAddress.of(file))).isTrue();
      client.write(
          ByteBuffer.wrap(
              "GET /liveness HTTP/1.0\r\n\r\n"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(64);
      assertThat(client.read(answer)).isPositive();

      assertThat(new String(answer.array(), 0, 15, java.nio.charset.StandardCharsets.US_ASCII))
          .contains("200");
    }
  }

  @Test
  @Tag("fault-66")
  void namesAnAddressInUse() throws Exception {
    try (var server = start("127.0.0.1:0")) {
      String taken = "127.0.0.1:" + port(server);

      assertThatThrownBy(() -> start(taken))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(taken);
    }
  }

  @Test
  void dropsAConnectionThatSendsNoRequest() throws Exception {
    try (var server = start("127.0.0.1:0");
        var socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port(server))) {
      socket.setSoTimeout(5_000);

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private ObservabilityServer start(String address) throws IOException {
    return ObservabilityServer.start(
        ListenAddress.tcp(address), Optional.empty(), endpoints, LOOPS);
  }

  private static int port(ObservabilityServer server) {
    return ((InetSocketAddress) server.address()).getPort();
  }

  private static HttpResponse<String> get(ObservabilityServer server, String path)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(server) + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
