package io.mooring.kas;

import io.grpc.Channel;
import io.mooring.kas.config.KasConfiguration;
import io.mooring.kas.config.Listener;
import io.mooring.kas.config.PrivateApiSettings;
import io.mooring.kas.observability.KasMetrics;
import io.mooring.kas.routing.Gateway;
import io.mooring.kas.routing.OwnUrl;
import io.mooring.kas.routing.PeerConnections;
import io.mooring.kas.routing.ReplicaLists;
import io.mooring.kas.routing.Routing;
import io.mooring.kas.routing.RoutingChannel;
import io.mooring.kas.routing.TunnelIndex;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.store.Store;
import io.mooring.kas.tunnel.TunnelRegistry;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.wire.kubernetesapi.rpc.KubernetesApiGrpc;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What brings RPCs to agents, put together: tunnels of this replica and ways to the others. */
final class AgentRoutes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgentRoutes.class);

  /** What agents can be asked. */
  private static final List<String> METHODS =
      List.of(KubernetesApiGrpc.getMakeRequestMethod().getFullMethodName());

  /** Name of a replica that is alone; it is in no other's index. */
  private static final String ALONE = "unix:this-replica";

  private final KasConfiguration configuration;
  private final EventLoops loops;
  private final KasMetrics metrics;
  private final InstantSource clock;
  private final TunnelIndex index;
  private final TunnelRegistry registry;
  private final Lifetimes lifetimes = new Lifetimes();

  /** Tunnels are taken from now on, but nothing is routed before {@link #start}. */
  AgentRoutes(
      KasConfiguration configuration,
      Store store,
      EventLoops loops,
      KasMetrics metrics,
      InstantSource clock) {
    this.configuration = configuration;
    this.loops = loops;
    this.metrics = metrics;
    this.clock = clock;
    index =
        lifetimes.add(
            new TunnelIndex(store.hashes(), configuration.agent(), clock), TunnelIndex::close);
    store.onReconnect(index::rewrite);
    registry = new TunnelRegistry(index.listener());
  }

  /** The tunnels of this replica. */
  TunnelRegistry registry() {
    return registry;
  }

  /** Calls the action whenever the store turns out to have lost what it was told. */
  void onStoreLoss(Runnable action) {
    index.onLoss(action);
  }

  /** What other replicas call. */
  Gateway gateway() {
    return new Gateway(registry, METHODS);
  }

  /**
   * Begins to route.
   *
   * @param environment may say how other replicas reach this one
   * @param privateApi where it listens
   * @return the way to agents
   * @throws SettingException naming what of it does not work
   */
  Channel start(
      Map<String, String> environment,
      SocketAddress privateApi,
      Secret secret,
      RandomGenerator random) {
    boolean alone = configuration.redis().isEmpty();
    PrivateApiSettings settings = configuration.privateApi();
    Listener listener = settings.listener();
    String ownUrl =
        alone ? ALONE : OwnUrl.detect(environment, listener, privateApi, ownAddresses());
    Optional<String> serverName =
        alone ? Optional.empty() : OwnUrl.serverName(environment, listener);
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("routing-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    lifetimes.add(timer, ScheduledThreadPoolExecutor::shutdownNow);
    PeerConnections peers =
        lifetimes.add(
            new PeerConnections(
                loops,
                new PeerConnections.Settings(
                    ClientTls.with(
                        listener.section() + ".ca_certificate_file", settings.caCertificateFile()),
                    serverName,
                    BuildInfo.current().kas()),
                metrics.client(),
                clock),
            PeerConnections::close);
    ReplicaLists lists = lifetimes.add(new ReplicaLists(index), ReplicaLists::close);
    Routing.Parts parts =
        new Routing.Parts(
            registry,
            ownUrl,
            peers,
            lists,
            JwtSigner.kasToKas(secret, clock),
            timer,
            metrics.routingDurations(),
            metrics.routingTimeouts(),
            clock,
            random);
    Channel channel = new RoutingChannel(new Routing(parts, environment));
    index.start(ownUrl);
    log.atInfo().addKeyValue("kas_url", ownUrl).log("Routing requests to agents");
    return channel;
  }

  private static List<InetAddress> ownAddresses() {
    try {
      return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();
    } catch (SocketException e) {
      throw new SettingException(
          "OWN_PRIVATE_API_CIDR", "the addresses of this machine cannot be listed", e);
    }
  }

  @Override
  public void close() {
    lifetimes.close();
  }
}
