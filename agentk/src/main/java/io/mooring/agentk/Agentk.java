package io.mooring.agentk;

import io.mooring.agentk.configuration.AgentIdentity;
import io.mooring.agentk.configuration.ConfigurationListener;
import io.mooring.agentk.configuration.ConfigurationWatch;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.events.EventReporter;
import io.mooring.agentk.flux.FluxFeature;
import io.mooring.agentk.gitops.GitopsFeature;
import io.mooring.agentk.kubernetes.AccessSource;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetesapi.ApiProxy;
import io.mooring.agentk.leader.LeaderOnly;
import io.mooring.agentk.leader.Leadership;
import io.mooring.agentk.observability.AgentMetrics;
import io.mooring.agentk.observability.LoggingFeature;
import io.mooring.agentk.registrar.Registrar;
import io.mooring.agentk.remotedevelopment.RemoteDevelopmentFeature;
import io.mooring.agentk.tunnel.TunnelPool;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.GrpcMetrics;
import io.mooring.protocol.observability.LogFields;
import io.mooring.protocol.observability.ObservabilityServer;
import io.mooring.wire.entity.AgentMeta;
import io.mooring.wire.entity.KubernetesVersion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent. Closing it ends all that it started. Safe for any thread. */
public final class Agentk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agentk.class);

  /** The event loop has nothing to finish when it is asked to stop; this bounds a fault. */
  private static final long LOOP_SECONDS = 5;

  private final SocketAddress observabilityAddress;
  private final ShutdownStack shutdown;
  private final CompletableFuture<Throwable> crash;

  private Agentk(
      SocketAddress observabilityAddress,
      ShutdownStack shutdown,
      CompletableFuture<Throwable> crash) {
    this.observabilityAddress = observabilityAddress;
    this.shutdown = shutdown;
    this.crash = crash;
  }

  /**
   * Starts an agent and returns at once: kas and the cluster need not be reachable yet.
   *
   * @throws SettingException when an option cannot be used
   * @throws IOException when the observability listener cannot be bound
   */
  public static Agentk start(AgentkOptions options) throws IOException {
    return start(options, Timing.real());
  }

  static Agentk start(AgentkOptions options, Timing timing) throws IOException {
    var shutdown = new ShutdownStack();
    try {
      return wire(options, timing, shutdown);
    } catch (IOException | RuntimeException e) {
      shutdown.close();
      throw e;
    }
  }

  /** The composition root: what is opened last is closed first. */
  private static Agentk wire(AgentkOptions options, Timing timing, ShutdownStack shutdown)
      throws IOException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    shutdown.add(() ->
        loops
            .shutdownGracefully(0, LOOP_SECONDS, TimeUnit.SECONDS)
            .awaitUninterruptibly(LOOP_SECONDS, TimeUnit.SECONDS));
    ExecutorService tasks =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("task-", 0).factory());
    shutdown.add(tasks::shutdownNow);
    var crash = new CompletableFuture<Throwable>();
    var workers = new Workers(crash::complete);
    shutdown.add(workers::close);

    var registry = new PrometheusRegistry();
    var metrics = new AgentMetrics(registry);
    var server =
        ObservabilityServer.start(
            options.observability(),
            options.observabilityTls(),
            new ObservabilityServer.Endpoints(
                BuildInfo.current().agent(),
                "/metrics",
                "/liveness",
                "/readiness",
                registry,
                List.of(),
                List.of()),
            loops);
    shutdown.add(server::close);

    Cluster cluster = Cluster.open(options.kubernetes(), tasks);
    shutdown.add(cluster::close);
    KasConnection kas =
        KasConnection.open(options.kas(), loops, tasks, GrpcMetrics.client(registry));
    shutdown.add(kas::close);
    ApiProxy api =
        ApiProxy.open(
            AccessSource.open(options.kubernetes(), tasks, timing),
            loops.next(),
            tasks,
            metrics::requestEnded,
            timing);
    shutdown.add(api::close);
    TunnelPool tunnels =
        TunnelPool.start(
            kas.patient(), loops.next(), List.of(api.service()), metrics::tunnels, timing);
    shutdown.add(tunnels::close);

    var reporter = new EventReporter(kas.patient(), timing);
    kas.onConnected(reporter::connected);
    Workers.Worker reporting = workers.start("events", reporter::run);
    shutdown.add(() -> {
      reporting.close();
      reporter.lastWords();
    });

    List<LeaderOnly> led =
        Stream.of(
                new GitopsFeature(
                    kas.patient(),
                    cluster,
                    List.of(reporter.synchronizations(), metrics),
                    workers,
                    timing),
                new FluxFeature(kas.patient(), cluster, workers, tasks, timing),
                new RemoteDevelopmentFeature(kas.patient(), cluster, workers, timing))
            .map(feature -> LeaderOnly.of(feature, workers))
            .toList();
    List<Consumer<Boolean>> gates = new ArrayList<>();
    led.forEach(feature -> gates.add(feature::lead));
    gates.add(metrics::leads);
    var leadership =
        new Leadership(
            cluster,
            options.podNamespace(),
            options.podName(),
            gates,
            options.election(),
            timing,
            workers);
    shutdown.add(leadership::end);
    led.forEach(feature -> shutdown.add(feature::stop));

    AgentMeta meta = meta(options);
    var watch =
        new ConfigurationWatch(
            kas.patient(),
            meta,
            Stream.concat(Stream.of(new LoggingFeature()), led.stream()).toList(),
            List.of(new Identified(leadership), reporter.configurations()),
            timing);
    Workers.Worker watching = workers.start("configuration", watch::run);
    shutdown.add(watching::close);
    Workers.Worker registering =
        workers.start("registrar", new Registrar(kas.impatient(), cluster, meta, timing)::run);
    shutdown.add(registering::close);

    LOG.atInfo()
        .addKeyValue("net_address", server.address())
        .addKeyValue("kas_url", options.kas().address())
        .log("Agent started");
    return new Agentk(server.address(), shutdown, crash);
  }

  private record Identified(Leadership leadership) implements ConfigurationListener {
    @Override
    public void identified(AgentIdentity identity) {
      LoggingFeature.LOGGERS.forEach(
          logger -> LogFields.put(logger, "agent_id", identity.agentId()));
      leadership.begin(identity.agentId());
    }
  }

  private static AgentMeta meta(AgentkOptions options) {
    return AgentMeta.newBuilder()
        .setVersion(BuildInfo.current().version())
        .setCommitId(BuildInfo.current().commit())
        .setPodNamespace(options.podNamespace())
        .setPodName(options.podName())
        .setKubernetesVersion(KubernetesVersion.getDefaultInstance())
        .build();
  }

  /** Where metrics and probes are offered. */
  public SocketAddress observabilityAddress() {
    return observabilityAddress;
  }

  /** Completes when the program has a fault and cannot go on. */
  CompletableFuture<Throwable> crash() {
    return crash;
  }

  /**
   * Stops the features, gives the Lease back, says the last words to kas and closes the
   * connections.
   */
  @Override
  public void close() {
    shutdown.close();
  }
}
