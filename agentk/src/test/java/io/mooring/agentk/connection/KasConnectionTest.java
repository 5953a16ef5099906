package io.mooring.agentk.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ClientInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.kas.TestKas;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.observability.GrpcMetrics;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.ServerTls;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.process.SparePort;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KasConnectionTest {
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final ExecutorService TASKS = Executors.newVirtualThreadPerTaskExecutor();
  private static final AgentToken TOKEN = new AgentToken.Fixed(Secret.of("canary-token"));

  @TempDir static Path certificates;
  private static CertificateAuthority authority;
  private static ServerTls serverTls;

  @TempDir Path folder;

  @BeforeAll
  static void issueCertificates() {
    authority = CertificateAuthority.create(certificates, "test");
    var identity = authority.server("kas", "kas", "DNS:kas.example.com", "DNS:localhost");
    serverTls =
        ServerTls.read(
                "certificate_file",
                identity.certificate().toString(),
                "key_file",
                identity.key().toString())
            .orElseThrow();
  }

  @AfterAll
  static void stop() {
    TASKS.close();
    assertThat(
            LOOPS
                .shutdownGracefully(0, 2, TimeUnit.SECONDS)
                .awaitUninterruptibly(5, TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  @Tag("wire-18")
  void sendsTokenAndGzipWithEveryCall() throws Exception {
    try (var kas = TestKas.start();
        var connection = open(kas.address(), ClientTls.system(), List.of())) {
      register(connection);
      register(connection);

      assertThat(kas.calls())
          .hasSize(2)
          .allSatisfy(call -> {
            assertThat(call.header("authorization")).isEqualTo("Bearer canary-token");
            assertThat(call.header("grpc-encoding")).isEqualTo("gzip");
            assertThat(call.header("user-agent")).startsWith("gitlab-agent/v0.0.0/00000000 ");
          });
      assertThat(kas.messages())
          .isNotEmpty()
          .allSatisfy(message -> assertThat(message.wire()).isNotEqualTo(message.plain()));
    }
  }

  @Test
  @Tag("wire-17")
  void sendsTheHeadersOfTheUserAsMetadata() throws Exception {
    var headers =
        List.of(
            KasHeader.parse("X-One: 1"),
            KasHeader.parse("x-two :  a b "),
            KasHeader.parse("X-ONE:2"));

    try (var kas = TestKas.start();
        var connection = open(kas.address(), ClientTls.system(), headers)) {
      register(connection);

      assertThat(kas.calls().getFirst().header("x-one")).isEqualTo("1,2");
      assertThat(kas.calls().getFirst().header("x-two")).isEqualTo("a b");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "name",
        ": value",
        "name:",
        "na me: v",
        "name-bin: v",
        "grpc-timeout: 1S",
        "n: \u00e4"
      })
  void refusesHeadersThatMetadataCannotCarry(String text) {
    assertThatThrownBy(() -> KasHeader.parse(text))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("--kas-header: ");
  }

  @Test
  void takesANewTokenFromItsFileAndKeepsTheOldOneWhenTheFileIsBad() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first\n");

    try (var kas = TestKas.start();
        var connection =
            open(
                kas.address(),
                ClientTls.system(),
                Optional.empty(),
                new AgentToken.File(file),
                List.of())) {
      register(connection);
      Files.writeString(file, "second token");
      register(connection);
      Files.writeString(file, "");
      register(connection);
      Files.delete(file);
      register(connection);

      assertThat(kas.calls())
          .extracting(call -> call.header("authorization"))
          .containsExactly(
              "Bearer first", "Bearer second token", "Bearer second token", "Bearer second token");
    }
  }

  @Test
  @Tag("wire-19")
  void trustsAnAuthorityThatIsAddedToTheSystems() throws Exception {
    try (var kas = TestKas.start(serverTls);
        var connection =
            open(
                kas.address(),
                ClientTls.with("--ca-cert-file", Optional.of(authority.certificate())),
                List.of())) {
      register(connection);

      assertThat(kas.calls()).hasSize(1);
    }
  }

  @Test
  @Tag("wire-19")
  void refusesACertificateOfAnUnknownAuthority() throws Exception {
    try (var kas = TestKas.start(serverTls);
        var connection = open(kas.address(), ClientTls.system(), List.of())) {
      assertThatThrownBy(() -> register(connection))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
      assertThat(kas.calls()).isEmpty();
    }
  }

  @Test
  @Tag("wire-19")
  void skipsVerificationWhenTold() throws Exception {
    try (var kas = TestKas.start(serverTls);
        var connection =
            open(
                new KasAddress.Grpc(new HostPort("127.0.0.1", kas.port()), true),
                new ClientTls("", Optional.empty(), true),
                List.of())) {
      register(connection);

      assertThat(kas.calls()).hasSize(1);
    }
  }

  @Test
  @Tag("wire-19")
  void verifiesTheNameItIsTold() throws Exception {
    ClientTls trusting = ClientTls.with("--ca-cert-file", Optional.of(authority.certificate()));

    try (var kas = TestKas.start(serverTls);
        var right =
            open(kas.address(), trusting, Optional.of("kas.example.com"), TOKEN, List.of());
        var wrong =
            open(kas.address(), trusting, Optional.of("other.example.com"), TOKEN, List.of())) {
      register(right);

      assertThatThrownBy(() -> register(wrong)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  @Tag("wire-15")
  @Tag("wire-17")
  @Tag("wire-18")
  void sendsTheTokenThroughAWebSocketAndTheHeadersBeforeIt() throws Exception {
    try (var kas = TestKas.startWithWebSocket();
        var connection =
            open(
                KasAddress.parse("--kas-address", "ws://127.0.0.1:" + kas.port() + "/any/path"),
                ClientTls.system(),
                List.of(KasHeader.parse("X-Proxy: 1")))) {
      register(connection);

      assertThat(kas.calls())
          .singleElement()
          .satisfies(call -> {
            assertThat(call.header("authorization")).isEqualTo("Bearer canary-token");
            assertThat(call.header("grpc-encoding")).isEqualTo("gzip");
            assertThat(call.header("x-proxy")).isNull();
          });
    }
  }

  @Test
  @Tag("wire-17")
  void refusesAHeaderThatTheHandshakeDecides() {
    KasAddress address = KasAddress.parse("--kas-address", "ws://127.0.0.1:1");

    assertThatThrownBy(
            () -> open(address, ClientTls.system(), List.of(KasHeader.parse("Upgrade: h2c"))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("--kas-header: upgrade");
  }

  @Test
  void waitsForAKasThatComesLaterAndTellsWhenItIsThere() throws Exception {
    int port = SparePort.find();
    var connections = new AtomicInteger();

    try (var connection =
        open(
            new KasAddress.Grpc(new HostPort("127.0.0.1", port), false),
            ClientTls.system(),
            List.of())) {
      connection.onConnected(connections::incrementAndGet);
      assertThatThrownBy(() -> register(connection)).isInstanceOf(StatusRuntimeException.class);
      var waiting =
          TASKS.submit(() ->
              AgentRegistrarGrpc.newBlockingStub(connection.patient())
                  .register(RegisterRequest.getDefaultInstance()));

      try (var kas = TestKas.start(port)) {
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(kas.calls()).hasSize(1);
        await().untilAsserted(() -> assertThat(connections).hasValue(1));
      }
    }
  }

  private static KasConnection open(KasAddress address, ClientTls tls, List<KasHeader> headers) {
    return open(address, tls, Optional.empty(), TOKEN, headers);
  }

  private static KasConnection open(
      KasAddress address,
      ClientTls tls,
      Optional<String> serverName,
      AgentToken token,
      List<KasHeader> headers) {
    ClientInterceptor metrics = GrpcMetrics.client(new PrometheusRegistry());
    return KasConnection.open(
        new KasConnection.Settings(address, tls, serverName, token, headers),
        LOOPS,
        TASKS,
        metrics);
  }

  private static void register(KasConnection connection) {
    assertThat(
            AgentRegistrarGrpc.newBlockingStub(connection.impatient())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .register(RegisterRequest.newBuilder().setPodId(1).build()))
        .isNotNull();
  }
}
