package io.mooring.kas;

import io.grpc.Channel;
import io.mooring.kas.config.AgentSettings;
import io.mooring.kas.config.KasConfiguration;
import io.mooring.kas.configuration.Configurations;
import io.mooring.kas.configurationproject.ConfigurationProjects;
import io.mooring.kas.events.AgentEvents;
import io.mooring.kas.events.PresenceReports;
import io.mooring.kas.flux.Flux;
import io.mooring.kas.git.CacheSizes;
import io.mooring.kas.git.GitalyServers;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.gitlab.AgentReports;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.GitLabConfigurationSink;
import io.mooring.kas.gitlab.GitLabLookups;
import io.mooring.kas.gitlabaccess.GitLabAccess;
import io.mooring.kas.gitops.Gitops;
import io.mooring.kas.identity.OpenCalls;
import io.mooring.kas.identity.RevocationWatch;
import io.mooring.kas.notifications.Notifications;
import io.mooring.kas.notifications.PushBus;
import io.mooring.kas.observability.KasMetrics;
import io.mooring.kas.registrar.Registrar;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.store.MemoryStore;
import io.mooring.kas.store.RedisStore;
import io.mooring.kas.store.Store;
import io.mooring.kas.tracker.ConnectedAgents;
import io.mooring.kas.tracker.StoredAgentTracker;
import io.mooring.kas.tunnel.ReverseTunnel;
import io.mooring.kas.usage.UsageReporter;
import io.mooring.kas.usage.UsageTracker;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.ObservabilityServer;
import io.mooring.protocol.observability.ReadinessToggle;
import java.net.SocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running kas: every part, put together by hand. {@link #start} returns when all listeners are
 * up; {@link #close} stops gracefully and returns when nothing of it is left.
 */
public final class Kas implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Kas.class);

  private final KasConfiguration configuration;
  private final InstantSource clock = InstantSource.system();
  private final RandomGenerator random = new SecureRandom();
  private final Lifetimes lifetimes = new Lifetimes();
  private final KasMetrics metrics = new KasMetrics();
  private final OpenCalls openCalls = new OpenCalls();
  private final UsageTracker usage = new UsageTracker();
  private final ReadinessToggle agentReady = new ReadinessToggle();
  private final ReadinessToggle apiReady = new ReadinessToggle();
  private final ReadinessToggle privateApiReady = new ReadinessToggle();
  private final ObservabilityServer observability;
  private final RpcServers servers;
  private final Channel agents;
  private final ClusterAccess clusters;

  /**
   * Starts everything the configuration asks for.
   *
   * @throws SettingException naming the setting that does not work; nothing is left running then
   */
  public static Kas start(KasConfiguration configuration) {
    return start(configuration, System.getenv());
  }

  /**
   * The same in another environment.
   *
   * @param environment variables, of which those named {@code OWN_PRIVATE_API_...} count
   */
  public static Kas start(KasConfiguration configuration, Map<String, String> environment) {
    return new Kas(configuration, environment);
  }

  private Kas(KasConfiguration configuration, Map<String, String> environment) {
    this.configuration = configuration;
    Secrets secrets = Secrets.read(configuration);
    try {
      ExecutorService threads =
          lifetimes.add(
              Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kas-", 0).factory()),
              ExecutorService::shutdownNow);
      EventLoops loops = lifetimes.add(new EventLoops(), EventLoops::close);
      Store store = lifetimes.add(store(), Store::close);
      observability =
          lifetimes.add(
              Observability.start(
                  configuration,
                  metrics.registry(),
                  store,
                  List.of(
                      agentReady.probe("agentServer"),
                      apiReady.probe("apiServer"),
                      privateApiReady.probe("privateApiServer")),
                  loops),
              ObservabilityServer::close);
      GitLabApi gitlab =
          lifetimes.add(
              new GitLabApi(configuration.gitlab(), secrets.gitlab(), clock), GitLabApi::close);
      AgentReports reports = new AgentReports(gitlab, clock);
      PresenceReports presence =
          lifetimes.add(new PresenceReports(reports, clock, random), PresenceReports::close);
      StoredAgentTracker tracker =
          lifetimes.add(
              new StoredAgentTracker(store.hashes(), configuration.agent(), presence, clock),
              StoredAgentTracker::close);
      store.onReconnect(tracker::rewrite);
      tracker.start();
      metrics.connectedAgents(tracker::connectedAgents, threads);
      AgentRoutes routes =
          lifetimes.add(
              new AgentRoutes(configuration, store, loops, metrics, clock), AgentRoutes::close);
      routes.onStoreLoss(tracker::rewrite);
      List<Feature> features = features(gitlab, store, tracker, reports, threads, loops, routes);
      features.forEach(feature -> lifetimes.add(feature, Feature::close));
      servers =
          lifetimes.add(
              new RpcServers(configuration, features, loops, metrics, clock, random),
              RpcServers::close);
      SocketAddress privateApi = servers.startPrivateApi(secrets.privateApi());
      agents = routes.start(environment, privateApi, secrets.privateApi(), random);
      servers.startAgentServer(store.counters(), openCalls);
      servers.startApi(secrets.api());
      clusters =
          lifetimes.add(
              new ClusterAccess(
                  configuration,
                  new ClusterAccess.Parts(
                      gitlab, store, usage, metrics, threads, loops, clock, random),
                  agents),
              ClusterAccess::close);
    } catch (RuntimeException e) {
      lifetimes.close();
      throw e;
    }
    List.of(agentReady, apiReady, privateApiReady).forEach(ReadinessToggle::ready);
    log.atInfo().addKeyValue("url", configuration.gitlab().address()).log("kas is ready");
  }

  /** The features, one line each. */
  private List<Feature> features(
      GitLabApi gitlab,
      Store store,
      StoredAgentTracker tracker,
      AgentReports reports,
      ExecutorService threads,
      EventLoops loops,
      AgentRoutes routes) {
    AgentSettings agent = configuration.agent();
    GitLabLookups lookups =
        new GitLabLookups(gitlab, store.values(), agent, threads, clock, openCalls::revoke);
    lifetimes.add(
        new RevocationWatch(openCalls, lookups::agentAnew, agent.infoCacheTtl()),
        RevocationWatch::close);
    GitLabConfigurationSink sink = new GitLabConfigurationSink(gitlab, reports, clock, random);
    PushBus pushes = new PushBus(store.events());
    report(gitlab);
    Repositories git = repositories(loops);
    String externalUrl = configuration.gitlab().externalUrl().map(URI::toString).orElse("");
    return List.of(
        new Registrar(lookups, tracker, clock),
        new ConnectedAgents(tracker),
        new Notifications(pushes),
        new Configurations(
            agent.configuration(),
            externalUrl,
            lookups,
            git,
            pushes,
            tracker,
            sink,
            BackoffPolicy.SHORT,
            clock,
            random),
        new Gitops(
            agent.gitops(),
            lookups,
            lookups,
            git,
            pushes,
            usage,
            BackoffPolicy.STANDARD,
            clock,
            random),
        new Flux(
            lookups,
            lookups,
            pushes,
            new Flux.Counters(usage, metrics.fluxNotifications(), metrics.fluxDropped()),
            BackoffPolicy.STANDARD,
            clock,
            random),
        new ConfigurationProjects(git),
        new GitLabAccess(gitlab),
        new AgentEvents(lookups, reports),
        new ReverseTunnel(routes.registry(), lookups, clock, random),
        routes.gateway());
  }

  private void report(GitLabApi gitlab) {
    lifetimes.add(
        new UsageReporter(usage, gitlab, configuration.observability().usageReportingPeriod()),
        UsageReporter::close);
  }

  private Repositories repositories(EventLoops loops) {
    GitalyServers servers =
        lifetimes.add(
            new GitalyServers(
                configuration.gitaly(),
                loops.java(),
                BuildInfo.current().kas(),
                clock,
                List.of(metrics.client())),
            GitalyServers::close);
    return new Repositories(servers, CacheSizes.forHeap(Runtime.getRuntime().maxMemory()));
  }

  private Store store() {
    return configuration
        .redis()
        .<Store>map(redis -> RedisStore.open(redis, clock, random))
        .orElseGet(() -> new MemoryStore(clock));
  }

  /** Where agents connect. */
  public SocketAddress agentAddress() {
    return servers.agent().address();
  }

  /** Where GitLab connects. */
  public SocketAddress apiAddress() {
    return servers.api().address();
  }

  /** Where other replicas connect. */
  public SocketAddress privateApiAddress() {
    return servers.privateApi().address();
  }

  /** Where clients of clusters connect; empty without the proxy. */
  public Optional<SocketAddress> kubernetesApiAddress() {
    return clusters.address();
  }

  /** The way to agents, on this replica and on others. */
  Channel agents() {
    return agents;
  }

  /** Where metrics and probes are served. */
  public SocketAddress observabilityAddress() {
    return observability.address();
  }

  /**
   * Stops gracefully: listeners stay open for their grace period, idle streams end with OK, work is
   * finished.
   */
  @Override
  public void close() {
    List.of(agentReady, apiReady, privateApiReady).forEach(ReadinessToggle::notReady);
    try {
      servers.stop(clusters::stop);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lifetimes.close();
    log.atInfo().log("kas has stopped");
  }
}
