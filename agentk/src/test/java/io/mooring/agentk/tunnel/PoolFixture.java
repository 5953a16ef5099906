package io.mooring.agentk.tunnel;

import io.grpc.ServerServiceDefinition;
import io.mooring.agentk.Times;
import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.kas.TestKas;
import io.mooring.protocol.observability.GrpcMetrics;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.testkit.time.FakeClock;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A pool on the agent's real connection to a scripted kas. Its time is the test's. */
final class PoolFixture implements AutoCloseable {
  final FakeClock clock = new FakeClock();
  final TestKas kas = TestKas.start();
  final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final KasConnection connection;
  final TunnelPool pool;
  volatile int idle;
  volatile int active;

  PoolFixture(ServerServiceDefinition... services) throws IOException {
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
    pool =
        TunnelPool.start(
            connection.patient(),
            loops.next(),
            clock.scheduler(),
            List.of(services),
            (nowIdle, nowActive) -> {
              idle = nowIdle;
              active = nowActive;
            },
            Times.of(clock));
  }

  @Override
  public void close() {
    pool.close();
    connection.close();
    kas.close();
    tasks.shutdownNow();
    var _ = loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
  }
}
