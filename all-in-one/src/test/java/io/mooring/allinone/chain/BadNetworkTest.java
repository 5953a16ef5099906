package io.mooring.allinone.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.mooring.kas.KasFixture;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.Keepalive;
import io.mooring.testkit.network.BadNetwork;
import io.mooring.testkit.network.Faults;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose way to kas has the faults of real networks; the kernel's own TCP meets them. */
class BadNetworkTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String FILE = "/api/v1/file";
  private static final String SMALL = "/api/v1/small";
  private static final int FILE_BYTES = 100_000;

  @TempDir Path directory;
  private final String file = text(FILE_BYTES);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private KasFixture kas;
  private BadNetwork network;

  @BeforeEach
  void start() throws Exception {
    Optional<String> obstacle = BadNetwork.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    answer(FILE, file);
    answer(SMALL, "small");
    server.start();
    kas = Chain.kas(directory);
    network = BadNetwork.towards(Chain.port(kas), new Random(34));
  }

  @AfterEach
  void stop() {
    if (network != null) {
      network.close();
      server.stop(0);
      // A chain that started has closed it already.
      kas.close();
    }
    threads.shutdownNow();
  }

  @Test
  @Tag("fault-34")
  void lossAndDisorderChangeNoByteAndAStormPasses() throws Exception {
    try (Chain chain = connect()) {
      assertThat(chain.endpoint().handshake("GET", FILE).body()).isEqualTo(file);

      network.faults(
          Faults.NONE.withDelay(Duration.ofMillis(150)).withLoss(0.05).withDisorder(0.05, 0.1));
      assertThat(chain.endpoint().handshake("GET", FILE).body()).isEqualTo(file);

      // Half of all packets is too much for anything to be promised, but not to be wrong.
      network.faults(Faults.NONE.withDelay(Duration.ofMillis(150)).withLoss(0.5));
      var inTheStorm = threads.submit(() -> chain.endpoint().handshake("GET", SMALL));
      var more = threads.submit(() -> chain.endpoint().handshake("GET", SMALL));
      await().during(Duration.ofSeconds(8)).atMost(PATIENCE).until(() -> true);
      network.faults(Faults.NONE);

      assertThat(chain.endpoint().handshake("GET", FILE).body()).isEqualTo(file);
      for (var request : List.of(inTheStorm, more)) {
        Endpoint.Answer answer = request.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.status()).isIn(200, 502);
        if (answer.status() == 200) {
          assertThat(answer.body()).isEqualTo("small");
        }
      }
    }
  }

  @Test
  @Tag("fault-34")
  void aKilobyteInASecondIsEnoughForSmallRequests() throws Exception {
    try (Chain chain = connect()) {
      assertThat(chain.endpoint().handshake("GET", SMALL).body()).isEqualTo("small");
      int attempts = network.attempts().size();

      network.faults(Faults.NONE.withRate(1024).withDelay(Duration.ofMillis(150)));
      for (int i = 0; i < 3; i++) {
        assertThat(chain.endpoint().handshake("GET", SMALL).body()).isEqualTo("small");
      }

      assertThat(network.attempts()).as("the connection is the same").hasSize(attempts);
    }
  }

  @Test
  @Tag("fault-34")
  void connectsAgainWithGrowingPauses() throws Exception {
    try (Chain chain = connect()) {
      assertThat(chain.endpoint().handshake("GET", SMALL).body()).isEqualTo("small");
      int before = network.attempts().size();

      network.answer(false);
      await().atMost(PATIENCE).until(() -> network.attempts().size() >= before + 5);
      network.answer(true);

      assertThat(chain.endpoint().handshake("GET", SMALL).body()).isEqualTo("small");
      List<Instant> attempts = network.attempts().subList(before, before + 5);
      Duration first = Duration.between(attempts.get(1), attempts.get(2));
      Duration last = Duration.between(attempts.get(3), attempts.get(4));
      // Factor 1.6 twice, each with a fifth more or less, leaves more than a second between them.
      assertThat(last).isGreaterThan(first);
      assertThat(Duration.between(attempts.getFirst(), attempts.getLast()))
          .as("no storm of attempts")
          .isGreaterThan(Duration.ofSeconds(4));
    }
  }

  @Test
  @Tag("fault-35")
  void keepaliveNoticesADeadWayWithinSeventySeconds() {
    assertThat(Keepalive.CLIENT.plus(Keepalive.CLIENT_TIMEOUT))
        .isLessThanOrEqualTo(Duration.ofSeconds(70));
    assertThat(Keepalive.SERVER.plus(Keepalive.TIMEOUT))
        .isLessThanOrEqualTo(Duration.ofSeconds(70));
  }

  /** The agent's channel with shorter times, because its own would take a minute. */
  @Test
  @Tag("fault-35")
  void noticesSilenceByItsPingsAndConnectsAgain() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var address = new KasAddress.Grpc(new HostPort("127.0.0.1", network.port()), false);
    ManagedChannel channel =
        GrpcChannels.kas(address, ClientTls.system(), Optional.empty(), HttpProxies.none())
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(2, TimeUnit.SECONDS)
            .eventLoopGroup(loops)
            .build();
    try {
      AgentStream tunnel = open(channel);
      await().atMost(PATIENCE).until(() -> network.attempts().size() == 1);
      assertThat(tunnel.isOpen()).isTrue();

      network.faults(Faults.SILENCE);
      // No reset, no end: the only hint is that a ping is not answered.
      assertThat(awaitEnd(tunnel).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      network.faults(Faults.NONE);

      AgentStream again = open(channel);
      await().atMost(PATIENCE).until(() -> network.attempts().size() > 1);
      assertThat(again.isOpen()).isTrue();
      again.cancel();
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(20, TimeUnit.SECONDS);
      loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(20, TimeUnit.SECONDS);
    }
  }

  /** The real agent with its real times. */
  @Test
  @Tag("fault-35")
  @Tag("long")
  void theAgentIsBackAfterASilentDrop() throws Exception {
    try (Chain chain = connect()) {
      assertThat(chain.endpoint().handshake("GET", SMALL).body()).isEqualTo("small");
      int before = network.attempts().size();

      network.faults(Faults.SILENCE);
      Instant silent = Instant.now();
      await().atMost(Duration.ofSeconds(100)).until(() -> network.attempts().size() > before);
      assertThat(Duration.between(silent, Instant.now())).isLessThan(Duration.ofSeconds(85));
      network.faults(Faults.NONE);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(chain.endpoint().handshake("GET", SMALL).status()).isEqualTo(200));
    }
  }

  private static Status awaitEnd(AgentStream tunnel) throws Exception {
    await().atMost(PATIENCE).until(() -> !tunnel.isOpen());
    return tunnel.end();
  }

  private static AgentStream open(ManagedChannel channel) {
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + KasFixture.TOKEN);
    return AgentStream.open(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  private Chain connect() throws IOException {
    return Chain.connect(
        kas,
        network.port(),
        directory,
        Chain.plainKubeconfig(directory, server.getAddress().getPort()));
  }

  private void answer(String path, String text) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
  }

  /** What no part of the way can compress or guess. */
  private static String text(int length) {
    var random = new Random(length);
    return random
        .ints(length, '0', 'z')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
