package io.mooring.agentk.kubernetesapi;

import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.kubernetes.AccessSource;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.tunnel.TunnelPool;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.observability.GrpcMetrics;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.wire.kubernetesapi.rpc.KubernetesApiGrpc;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The agent's half of the proxy between a scripted kas and an API server. */
final class ProxyFixture implements AutoCloseable {
  final TestKas kas = TestKas.start();
  final List<RequestOutcome> outcomes = new CopyOnWriteArrayList<>();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final KasConnection connection;
  private final ApiProxy proxy;
  private final TunnelPool pool;

  ProxyFixture(Path kubeconfig) throws IOException {
    connection =
        KasConnection.open(
            new KasConnection.Settings(
                kas.address(),
                ClientTls.system(),
                Optional.empty(),
                new AgentToken.Fixed(Secret.of("token")),
                List.of()),
            loops,
            tasks,
            GrpcMetrics.client(new PrometheusRegistry()));
    Timing timing = Timing.real();
    AccessSource source =
        AccessSource.open(KubernetesOptions.ofKubeconfig(kubeconfig), tasks, timing);
    proxy = ApiProxy.open(source, loops.next(), tasks, outcomes::add, timing);
    pool =
        TunnelPool.start(
            connection.patient(),
            loops.next(),
            List.of(proxy.service()),
            (idle, active) -> {},
            timing);
  }

  /** Towards a server that asks for nothing but a token. */
  static ProxyFixture towards(Backend backend, Path directory) throws IOException {
    return new ProxyFixture(kubeconfig(directory, backend.url(), "token: agents-own-token"));
  }

  /** A kubeconfig with one user, whose credentials are lines of YAML. */
  static Path kubeconfig(Path directory, String server, String user) throws IOException {
    return Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: test}}]
        clusters: [{name: test, cluster: {server: "%s"}}]
        users:
        - name: test
          user:
            %s
        """
            .formatted(server, user.replace("\n", "\n    ")));
  }

  /** Begins a request. */
  HttpCall call(HttpCall.Head head) throws InterruptedException {
    return new HttpCall(
            kas.tunnels()
                .call(
                    KubernetesApiGrpc.SERVICE_NAME
                        + "/"
                        + KubernetesApiGrpc.getMakeRequestMethod().getBareMethodName()))
        .begin(head);
  }

  /** A request without a body, to its end. */
  HttpCall.Answer get(String path) throws Exception {
    return call(HttpCall.Head.get(path)).end().answer();
  }

  @Override
  public void close() {
    pool.close();
    proxy.close();
    connection.close();
    kas.close();
    tasks.shutdownNow();
    var _ = loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
  }
}
