package io.mooring.agentk.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.proxy.ForwardProxy;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.observability.GrpcMetrics;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.ServerTls;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gRPC without WebSocket through the proxies of the environment (wire.md 2.8). */
@Tag("wire-16")
class GrpcThroughProxyTest {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

  @TempDir Path folder;

  @AfterEach
  void stop() {
    tasks.close();
    assertThat(
            loops
                .shutdownGracefully(0, 2, TimeUnit.SECONDS)
                .awaitUninterruptibly(20, TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  void asksTheProxyForSecureConnectionsInClearTextToo() throws Exception {
    try (var kas = TestKas.start();
        var proxy = ForwardProxy.open(kas.port());
        var connection =
            open("grpc://192.0.2.7:8150", ClientTls.system(), environment(proxy.port()))) {
      register(connection);

      assertThat(proxy.asked()).containsExactly("192.0.2.7:8150");
      assertThat(kas.calls()).hasSize(1);
    }
  }

  @Test
  void provesItselfToTheProxy() throws Exception {
    try (var kas = TestKas.start();
        var proxy = ForwardProxy.guarded(kas.port(), "us:p@ss");
        var connection =
            open(
                "grpc://192.0.2.7:8150",
                ClientTls.system(),
                Map.of("HTTPS_PROXY", "http://us:p%40ss@127.0.0.1:" + proxy.port()))) {
      register(connection);

      assertThat(kas.calls()).hasSize(1);
    }
  }

  @Test
  void verifiesTheCertificateOfKasBehindTheProxyThatAloneKnowsItsName() throws Exception {
    var authority = CertificateAuthority.create(folder, "test");
    var identity = authority.server("kas", "kas", "DNS:kas.example.invalid");
    ServerTls tls =
        ServerTls.read(
                "certificate_file",
                identity.certificate().toString(),
                "key_file",
                identity.key().toString())
            .orElseThrow();
    try (var kas = TestKas.start(tls);
        var proxy = ForwardProxy.open(kas.port());
        var connection =
            open(
                "grpcs://kas.example.invalid",
                ClientTls.with("--ca-cert-file", Optional.of(authority.certificate())),
                environment(proxy.port()))) {
      register(connection);

      assertThat(proxy.asked()).containsExactly("kas.example.invalid:443");
      assertThat(kas.calls()).hasSize(1);
    }
  }

  @Test
  void goesDirectlyWhereNoProxySaysSoAndToThisMachine() throws Exception {
    try (var kas = TestKas.start();
        var proxy = ForwardProxy.refusing("403 Forbidden");
        var connection =
            open(kas.address().toString(), ClientTls.system(), environment(proxy.port()))) {
      register(connection);

      assertThat(proxy.asked()).isEmpty();
    }
  }

  @Test
  void failsWhileTheProxyRefusesWithoutTellingThePassword() throws Exception {
    try (var proxy = ForwardProxy.refusing("403 Forbidden");
        var connection =
            open(
                "grpc://192.0.2.7:8150",
                ClientTls.system(),
                Map.of("HTTPS_PROXY", "http://us:canary@127.0.0.1:" + proxy.port()))) {
      assertThatThrownBy(() -> register(connection))
          .isInstanceOf(StatusRuntimeException.class)
          .hasStackTraceContaining("403 Forbidden")
          .satisfies(failure -> assertThat(failure.toString()).doesNotContain("canary"));
    }
  }

  @Test
  void refusesAProxyThatIsReachedByTls() {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "https://us:canary@proxy.example.com");

    assertThatThrownBy(() -> open("grpcs://kas.example.com", ClientTls.system(), environment))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("HTTPS_PROXY: has the scheme https")
        .hasMessageNotContaining("canary");
  }

  private static Map<String, String> environment(int port) {
    return Map.of(
        "HTTPS_PROXY", "http://127.0.0.1:" + port, "HTTP_PROXY", "http://never.example.invalid");
  }

  private KasConnection open(String address, ClientTls tls, Map<String, String> environment) {
    return KasConnection.open(
        new KasConnection.Settings(
            KasAddress.parse("--kas-address", address),
            tls,
            Optional.empty(),
            new AgentToken.Fixed(Secret.of("token")),
            List.of(),
            HttpProxies.of(environment)),
        loops,
        tasks,
        GrpcMetrics.client(new PrometheusRegistry()));
  }

  private static void register(KasConnection connection) {
    assertThat(
            AgentRegistrarGrpc.newBlockingStub(connection.impatient())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .register(RegisterRequest.newBuilder().setPodId(1).build()))
        .isNotNull();
  }
}
