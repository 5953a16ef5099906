package io.mooring.gitaly;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.mooring.gitaly.call.TokenAuthentication;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.gitaly.host.HostCalls;
import io.mooring.gitaly.startup.Endpoint;
import io.mooring.gitaly.startup.StartChecks;
import io.mooring.gitaly.storage.Storage;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.GrpcMetrics;
import io.mooring.protocol.observability.ObservabilityServer;
import io.mooring.protocol.observability.Probe;
import io.mooring.protocol.observability.ProbeFailedException;
import io.mooring.protocol.observability.ReadinessToggle;
import io.mooring.protocol.transport.GrpcServers;
import io.mooring.protocol.transport.Keepalive;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ServerTls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Git server. {@link #start} returns when it accepts calls; {@link #close} lets running
 * calls end, within the configured grace, and leaves no thread, port or socket file behind. Any
 * thread.
 */
public final class GitalyServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GitalyServer.class);

  /** Pings to a client that says nothing (gitlab-side.md 8.1). */
  private static final Duration PING = Duration.ofMinutes(5);

  /** What is still not over after its connection was cut. */
  private static final Duration CUT = Duration.ofSeconds(5);

  /**
   * What a connection may have on the way: large enough for a clone, small enough for a hundred of
   * them.
   */
  private static final int FLOW_WINDOW = 1 << 20;

  /** Of one connection: kas holds one, and a call costs one virtual thread and a few buffers. */
  private static final int MAX_CALLS = 1000;

  private final GitalyConfiguration configuration;
  private final EventLoopGroup loops;
  private final ExecutorService workers;
  private final HealthStatusManager health = new HealthStatusManager();
  private final ReadinessToggle ready = new ReadinessToggle();
  private final List<Server> servers = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final List<Path> sockets = new ArrayList<>();
  private @Nullable Services services;
  private @Nullable ObservabilityServer observability;

  private GitalyServer(GitalyConfiguration configuration) {
    this.configuration = configuration;
    loops =
        new MultiThreadIoEventLoopGroup(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("gitaly-net", true),
            NioIoHandler.newFactory());
    workers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gitaly-call-", 0).factory());
  }

  /**
   * Starts a server.
   *
   * @throws SettingException when a setting cannot be used, such as a port that is taken; it names
   *     the setting
   */
  public static GitalyServer start(GitalyConfiguration configuration) {
    return start(configuration, InstantSource.system(), new SecureRandom());
  }

  static GitalyServer start(
      GitalyConfiguration configuration,
      InstantSource clock,
      java.util.random.RandomGenerator random) {
    var server = new GitalyServer(configuration);
    try {
      server.run(clock, random);
      return server;
    } catch (SettingException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Where it listens, in the order of the configuration, as callers write it: {@code
   * tcp://127.0.0.1:40123}.
   */
  public List<String> addresses() {
    return List.copyOf(addresses);
  }

  /** The first address. */
  public String address() {
    return addresses.getFirst();
  }

  /** Where metrics and probes are, if they are switched on. */
  public Optional<SocketAddress> observabilityAddress() {
    return Optional.ofNullable(observability).map(ObservabilityServer::address);
  }

  /** Waits until the server was closed. */
  public void awaitTermination() throws InterruptedException {
    for (Server server : servers) {
      server.awaitTermination();
    }
  }

  private void run(InstantSource clock, java.util.random.RandomGenerator random) {
    List<Endpoint> endpoints = Endpoint.of(configuration.listen());
    Optional<ServerTls> tls = StartChecks.tls(configuration);
    Optional<TokenAuthentication> authentication =
        StartChecks.token(configuration)
            .map(token ->
                new TokenAuthentication(
                    token, configuration.authentication().transitioning(), clock));
    Services started = Services.start(configuration, workers, clock, random);
    services = started;
    var registry = new PrometheusRegistry();
    ServerMetrics.register(
        registry,
        started.repositories(),
        started.transfers(),
        () -> authentication.map(TokenAuthentication::unauthenticated).orElse(0L),
        started::pendingNotices);
    var interceptors = new ArrayList<ServerInterceptor>();
    authentication.ifPresent(interceptors::add);
    // The one that is added last is asked first.
    interceptors.add(GrpcMetrics.server(registry));
    for (Endpoint endpoint : endpoints) {
      listen(endpoint, tls, started.all(), interceptors);
    }
    observe(registry, started);
    ready.ready();
    LOG.atInfo()
        .addKeyValue("net_address", addresses)
        .addKeyValue(
            "storages",
            configuration.storages().stream().map(GitalyConfiguration.StorageFolder::name).toList())
        .log("Gitaly is up");
  }

  private void listen(
      Endpoint endpoint,
      Optional<ServerTls> tls,
      List<BindableService> offered,
      List<ServerInterceptor> interceptors) {
    if (endpoint.tls() && tls.isEmpty()) {
      throw new SettingException(
          "tls.certificate_file",
          "not set, but "
              + endpoint.setting()
              + " is a tls:// address (expected: a certificate and tls.key_file)");
    }
    endpoint.removeStaleSocket();
    try {
      NettyServerBuilder builder =
          GrpcServers.builder(endpoint.listen(), endpoint.tls() ? tls : Optional.empty())
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .executor(workers)
              .flowControlWindow(FLOW_WINDOW)
              .maxConcurrentCallsPerConnection(MAX_CALLS)
              .keepAliveTime(PING.toNanos(), TimeUnit.NANOSECONDS)
              .permitKeepAliveTime(Keepalive.GITALY_PERMITS.toNanos(), TimeUnit.NANOSECONDS)
              .permitKeepAliveWithoutCalls(true);
      offered.forEach(builder::addService);
      builder
          .addService(health.getHealthService())
          .addService(ProtoReflectionServiceV1.newInstance());
      interceptors.forEach(builder::intercept);
      Server server = builder.build().start();
      servers.add(server);
      endpoint.socketFile().ifPresent(sockets::add);
      addresses.add(endpoint.address(server.getListenSockets().getFirst()));
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new SettingException(
          endpoint.setting(),
          "cannot listen at "
              + endpoint.listen().address()
              + ": "
              + cause.getMessage()
              + " (expected: an address of this machine that is free)",
          e);
    }
  }

  private void observe(PrometheusRegistry registry, Services started) {
    Optional<String> address = configuration.observability().listen();
    if (address.isEmpty()) {
      return;
    }
    var probes = new ArrayList<Probe>();
    probes.add(ready.probe("server"));
    for (Storage storage : started.repositories().storages().all()) {
      probes.add(
          new Probe(
              "storage " + storage.name(),
              () -> {
                if (!HostCalls.isUsable(storage)) {
                  throw new ProbeFailedException("cannot be read and written");
                }
              }));
    }
    try {
      observability =
          ObservabilityServer.start(
              ListenAddress.parse("observability.listen", "tcp", address.get()),
              Optional.empty(),
              new ObservabilityServer.Endpoints(
                  "gitaly/" + BuildInfo.current().version(),
                  "/metrics",
                  "/liveness",
                  "/readiness",
                  registry,
                  List.of(),
                  probes),
              loops);
    } catch (IOException e) {
      throw new SettingException("observability.listen", String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    ready.notReady();
    health.enterTerminalState();
    servers.forEach(Server::shutdown);
    awaitCalls(configuration.shutdownGrace());
    servers.forEach(Server::shutdownNow);
    awaitCalls(CUT);
    workers.shutdownNow();
    try {
      if (!workers.awaitTermination(CUT.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.atWarn().log("Some calls did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (services != null) {
      services.close();
    }
    if (observability != null) {
      observability.close();
    }
    for (Path socket : sockets) {
      try {
        Files.deleteIfExists(socket);
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("The socket file cannot be removed");
      }
    }
    loops
        .shutdownGracefully(0, CUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CUT.toMillis());
  }

  private void awaitCalls(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (Server server : servers) {
      try {
        server.awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
