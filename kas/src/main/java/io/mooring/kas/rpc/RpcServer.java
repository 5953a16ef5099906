package io.mooring.kas.rpc;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.mooring.kas.config.Listener;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.transport.ConnectionAge;
import io.mooring.protocol.transport.GrpcServers;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ListenAddress.Network;
import io.mooring.protocol.transport.ServerTls;
import io.mooring.protocol.transport.TightReads;
import io.mooring.protocol.websocket.WebSocketServers;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gRPC listener. Handlers run on virtual threads, those that never block on the event loop of
 * their connection. Stopping keeps the listener open for the grace period, then ends idle streams
 * with OK, then waits for the running RPCs.
 */
public final class RpcServer implements AutoCloseable {
  /**
   * How long running RPCs may take to finish after that. With a grace period of 5 s it is over
   * before Kubernetes kills a Pod, after 30 s by default.
   */
  static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);

  /** How long connections may take to close when they are cut. */
  private static final Duration CUT_LIMIT = Duration.ofSeconds(2);

  /**
   * Metadata of one call. The original takes 16 MiB; this is enough for the largest token somebody
   * may try, so that it is refused like any other wrong token.
   */
  static final int MAX_METADATA_BYTES = 2 * 1024 * 1024;

  /**
   * Bytes that a client may send on one stream before they are taken: what a download costs in kas
   * whose reader stalls. Without a fixed number gRPC raises it to 8 MiB on a fast network, at the
   * price of a ping for each measurement. At 50 ms to the agent it still allows 10 MB/s on each
   * stream, and on loopback it is no limit (benchmarks B3, B4).
   */
  static final int STREAM_WINDOW = 512 * 1024;

  private static final Logger log = LoggerFactory.getLogger(RpcServer.class);

  private final Plan plan;
  private final Server server;
  private final RpcAges ages;
  private final ExecutorService handlers;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * What a server is made of.
   *
   * @param name for logs and probes
   * @param listener where it listens
   * @param maxConnectionAge as configured
   * @param listenGracePeriod as configured
   * @param interceptors every call passes them in this order, after the age was set
   * @param services what it offers
   * @param fallback answers calls of other services, interceptors included; empty for the plain
   *     refusal
   * @param websocket whether it takes WebSocket too, on the same address
   * @param eventLoopMethods full names of the methods that never block, interceptors included
   */
  public record Plan(
      String name,
      Listener listener,
      Duration maxConnectionAge,
      Duration listenGracePeriod,
      List<ServerInterceptor> interceptors,
      List<ServerServiceDefinition> services,
      Optional<HandlerRegistry> fallback,
      boolean websocket,
      Set<String> eventLoopMethods) {
    /** One that takes gRPC alone, and whose methods may block. */
    public Plan(
        String name,
        Listener listener,
        Duration maxConnectionAge,
        Duration listenGracePeriod,
        List<ServerInterceptor> interceptors,
        List<ServerServiceDefinition> services,
        Optional<HandlerRegistry> fallback) {
      this(
          name,
          listener,
          maxConnectionAge,
          listenGracePeriod,
          interceptors,
          services,
          fallback,
          false,
          Set.of());
    }
  }

  /** A wait for the end of something. */
  @FunctionalInterface
  public interface Waiting {
    /** Returns when it has ended. */
    void await() throws InterruptedException;
  }

  private RpcServer(Plan plan, Server server, RpcAges ages, ExecutorService handlers) {
    this.plan = plan;
    this.server = server;
    this.ages = ages;
    this.handlers = handlers;
  }

  /**
   * Binds the listener and begins to serve.
   *
   * @throws SettingException naming the field whose value does not work: the address is in use, a
   *     file is missing
   */
  public static RpcServer start(Plan plan, EventLoops loops, RandomGenerator random) {
    Listener listener = plan.listener();
    String setting = listener.section() + ".address";
    ListenAddress address = ListenAddress.parse(setting, listener.network(), listener.address());
    Optional<ServerTls> tls = tls(listener);
    ConnectionAge age = new ConnectionAge(plan.maxConnectionAge());
    RpcAges ages = new RpcAges(age, random);
    ExecutorService handlers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(plan.name() + "-", 0).factory());
    try {
      NettyServerBuilder builder =
          plan.websocket()
              ? GrpcServers.builder(
                  address, WebSocketServers.credentials(tls, BuildInfo.current().kas()))
              : GrpcServers.builder(address, tls);
      transport(builder, address, loops);
      builder
          .directExecutor()
          .callExecutor(new CallExecutors(handlers, plan.eventLoopMethods()))
          .maxConnectionAge(age.goAway().toNanos(), NANOSECONDS)
          .maxConnectionAgeGrace(age.grace().toNanos(), NANOSECONDS)
          .flowControlWindow(STREAM_WINDOW)
          .maxInboundMetadataSize(MAX_METADATA_BYTES)
          .maxInboundMessageSize(MessageLimit.BYTES)
          .compressorRegistry(CompressorRegistry.getDefaultInstance())
          .decompressorRegistry(DecompressorRegistry.getDefaultInstance())
          .addTransportFilter(ages.connections());
      plan.interceptors().reversed().forEach(builder::intercept);
      builder.intercept(ages);
      plan.services().forEach(builder::addService);
      plan.fallback().ifPresent(builder::fallbackHandlerRegistry);
      RpcServer started = new RpcServer(plan, builder.build().start(), ages, handlers);
      log.atInfo()
          .addKeyValue("net_network", listener.network())
          .addKeyValue("net_address", started.address())
          .addKeyValue("mod_name", plan.name())
          .log("Server is up");
      return started;
    } catch (IOException e) {
      ages.close();
      handlers.shutdownNow();
      throw new SettingException(
          setting,
          listener.address()
              + " cannot be listened at: "
              + reason(e)
              + " (expected: a free address of this machine)",
          e);
    }
  }

  /**
   * Where a call is handled. hot: a message that changes threads costs two to four times as much;
   * benchmark B1.
   */
  private record CallExecutors(Executor handlers, Set<String> eventLoopMethods)
      implements ServerCallExecutorSupplier {
    @Override
    public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
      // None leaves the call where it is: on the event loop that looked its method up.
      return eventLoopMethods.contains(call.getMethodDescriptor().getFullMethodName())
          ? null
          : handlers;
    }
  }

  /** Certificate and key of a listener, if it has them. */
  public static Optional<ServerTls> tls(Listener listener) {
    return ServerTls.read(
        listener.section() + ".certificate_file",
        listener.certificateFile().map(Path::toString).orElse(""),
        listener.section() + ".key_file",
        listener.keyFile().map(Path::toString).orElse(""));
  }

  private static void transport(
      NettyServerBuilder builder, ListenAddress address, EventLoops loops) {
    if (address.network() == Network.UNIX) {
      builder.bossEventLoopGroup(loops.java()).workerEventLoopGroup(loops.java());
    } else {
      builder
          .bossEventLoopGroup(loops.tcp())
          .workerEventLoopGroup(loops.tcp())
          .channelFactory(() -> {
            ServerChannel channel = loops.newTcpChannel();
            channel.pipeline().addLast(TightReads.ofServer());
            return channel;
          });
    }
  }

  private static String reason(IOException e) {
    Throwable cause = e.getCause();
    return cause == null ? String.valueOf(e.getMessage()) : String.valueOf(cause.getMessage());
  }

  /** Where it listens; with port 0 in the configuration, the port that was free. */
  public SocketAddress address() {
    return server.getListenSockets().getFirst();
  }

  /**
   * Stops as described above; returns when it is done. Idle streams end on every server at once.
   */
  public void stop() throws InterruptedException {
    stop(() -> {});
  }

  /**
   * The same, but the limit for running RPCs begins when others are done with theirs.
   *
   * @param others what makes RPCs run here that are waited for as long as it takes
   */
  public void stop(Waiting others) throws InterruptedException {
    if (closed.await(plan.listenGracePeriod().toNanos(), NANOSECONDS)) {
      return;
    }
    ages.stop();
    server.shutdown();
    others.await();
    server.awaitTermination(DRAIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    close();
  }

  /** Stops at once; running RPCs are cut. */
  @Override
  public void close() {
    closed.countDown();
    ages.stop();
    server.shutdownNow();
    try {
      // The transports tell the handlers that their calls are over, on the threads that end next.
      server.awaitTermination(CUT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ages.close();
    handlers.shutdownNow();
  }
}
