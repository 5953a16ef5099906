package io.mooring.kas;

import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.mooring.kas.config.AgentListen;
import io.mooring.kas.config.ApiSettings;
import io.mooring.kas.config.KasConfiguration;
import io.mooring.kas.config.PrivateApiSettings;
import io.mooring.kas.identity.AgentTokenInterceptor;
import io.mooring.kas.identity.JwtInterceptor;
import io.mooring.kas.identity.OpenCalls;
import io.mooring.kas.observability.KasMetrics;
import io.mooring.kas.ratelimit.AgentRpcLimit;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.rpc.Refusals;
import io.mooring.kas.rpc.RpcServer;
import io.mooring.kas.store.LimitedCounters;
import io.mooring.protocol.jwt.JwtVerifier;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.validation.ValidatingServerInterceptor;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The gRPC servers of a kas: for agents, for GitLab, for other replicas. Used by one thread. */
final class RpcServers implements AutoCloseable {
  private static final Optional<String> AUDIENCE = Optional.of("gitlab-kas");

  private final KasConfiguration configuration;
  private final List<Feature> features;
  private final EventLoops loops;
  private final KasMetrics metrics;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final List<RpcServer> started = new ArrayList<>();
  private @Nullable RpcServer agent;
  private @Nullable RpcServer api;
  private @Nullable RpcServer privateApi;

  /** Starts none of them. */
  RpcServers(
      KasConfiguration configuration,
      List<Feature> features,
      EventLoops loops,
      KasMetrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    this.configuration = configuration;
    this.features = features;
    this.loops = loops;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
  }

  /** Agents may come. */
  void startAgentServer(LimitedCounters counters, OpenCalls openCalls) {
    AgentListen listen = configuration.agent().listen();
    agent =
        start(
            new RpcServer.Plan(
                "agentServer",
                listen.listener(),
                listen.maxConnectionAge(),
                listen.listenGracePeriod(),
                List.of(
                    metrics.server(),
                    new AgentTokenInterceptor(),
                    new ValidatingServerInterceptor(),
                    new AgentRpcLimit(
                        counters,
                        // A tunnel carries one request: without a new one the agent is soon cut
                        // off.
                        Set.of(ReverseTunnelGrpc.getConnectMethod().getFullMethodName()),
                        listen.connectionsPerTokenPerMinute(),
                        clock,
                        metrics.rateExceeded()),
                    openCalls),
                services(Feature::agentServices),
                Optional.empty(),
                listen.websocket(),
                eventLoopMethods()));
  }

  /** GitLab may come. */
  void startApi(Secret secret) {
    ApiSettings settings = configuration.api();
    api =
        start(
            new RpcServer.Plan(
                "apiServer",
                settings.listener(),
                settings.maxConnectionAge(),
                settings.listenGracePeriod(),
                signed("api", new JwtVerifier(secret, AUDIENCE, Optional.empty(), clock)),
                services(Feature::apiServices),
                Optional.empty()));
  }

  /**
   * Other replicas may come.
   *
   * @return where
   */
  SocketAddress startPrivateApi(Secret secret) {
    PrivateApiSettings settings = configuration.privateApi();
    privateApi =
        start(
            new RpcServer.Plan(
                "privateApiServer",
                settings.listener(),
                settings.maxConnectionAge(),
                settings.listenGracePeriod(),
                signed("private_api", new JwtVerifier(secret, AUDIENCE, AUDIENCE, clock)),
                services(Feature::privateApiServices),
                Optional.of(new Refusals()),
                false,
                eventLoopMethods()));
    return privateApi.address();
  }

  private RpcServer start(RpcServer.Plan plan) {
    RpcServer server = RpcServer.start(plan, loops, random);
    started.add(server);
    return server;
  }

  private List<ServerInterceptor> signed(String server, JwtVerifier verifier) {
    return List.of(
        metrics.server(),
        new JwtInterceptor(server, verifier, metrics.jwtRejections()),
        new ValidatingServerInterceptor());
  }

  private List<ServerServiceDefinition> services(
      Function<Feature, List<ServerServiceDefinition>> kind) {
    return features.stream().flatMap(feature -> kind.apply(feature).stream()).toList();
  }

  private Set<String> eventLoopMethods() {
    return features.stream()
        .flatMap(feature -> feature.eventLoopMethods().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  RpcServer agent() {
    return present(agent);
  }

  RpcServer api() {
    return present(api);
  }

  RpcServer privateApi() {
    return present(privateApi);
  }

  private static RpcServer present(@Nullable RpcServer server) {
    if (server == null) {
      throw new IllegalStateException("the server was not started (expected: it was)");
    }
    return server;
  }

  /**
   * Stops all of them gracefully, at the same time.
   *
   * @param alongside also to be stopped; what it carries is not cut before it is done
   */
  void stop(Stoppable alongside) throws InterruptedException {
    List<Thread> stopping = new ArrayList<>();
    Thread carried = Thread.ofVirtual().name("stop").start(() -> interruptibly(alongside));
    for (RpcServer server : started) {
      stopping.add(
          Thread.ofVirtual()
              .name("stop")
              .start(() -> interruptibly(() -> server.stop(carried::join))));
    }
    carried.join();
    for (Thread thread : stopping) {
      thread.join();
    }
  }

  /** Something that stops gracefully. */
  @FunctionalInterface
  interface Stoppable {
    /** Returns when it has stopped. */
    void stop() throws InterruptedException;
  }

  private static void interruptibly(Stoppable part) {
    try {
      part.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops all of them at once. */
  @Override
  public void close() {
    started.reversed().forEach(RpcServer::close);
  }
}
