package io.mooring.kas;

import io.grpc.Channel;
import io.mooring.kas.access.Authorizations;
import io.mooring.kas.audit.AuditTrail;
import io.mooring.kas.config.KasConfiguration;
import io.mooring.kas.config.KubernetesApiSettings;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.LookupCache;
import io.mooring.kas.kubernetesapi.KubernetesApi;
import io.mooring.kas.observability.KasMetrics;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.store.Store;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.protocol.build.BuildInfo;
import java.net.SocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * The proxy to agents' clusters with what it needs, put together; nothing when it is not
 * configured.
 */
final class ClusterAccess implements AutoCloseable {
  private final Lifetimes lifetimes = new Lifetimes();
  private final Optional<KubernetesApi> proxy;

  /**
   * What the proxy shares with the rest of kas.
   *
   * @param threads makes a virtual thread for each task
   */
  record Parts(
      GitLabApi gitlab,
      Store store,
      UsageCounters usage,
      KasMetrics metrics,
      ExecutorService threads,
      EventLoops loops,
      InstantSource clock,
      RandomGenerator random) {}

  /** Begins to serve. */
  ClusterAccess(KasConfiguration configuration, Parts parts, Channel agents) {
    try {
      proxy =
          configuration
              .agent()
              .kubernetesApi()
              .map(settings -> start(settings, configuration, parts, agents));
    } catch (RuntimeException e) {
      lifetimes.close();
      throw e;
    }
  }

  private KubernetesApi start(
      KubernetesApiSettings settings, KasConfiguration configuration, Parts parts, Channel agents) {
    AuditTrail audit =
        lifetimes.add(
            new AuditTrail(
                parts.gitlab(), parts.metrics().auditDropped(), parts.clock(), parts.random()),
            AuditTrail::close);
    Authorizations access =
        lifetimes.add(
            new Authorizations(
                parts.gitlab(),
                parts.store().values(),
                new LookupCache.Rules(
                    settings.allowedAgentCacheTtl(), settings.allowedAgentCacheErrorTtl()),
                parts.threads(),
                parts.clock()),
            Authorizations::close);
    return lifetimes.add(
        KubernetesApi.start(
            new KubernetesApi.Parts(
                settings,
                configuration.gitlab().externalUrl().map(URI::toString),
                access,
                audit,
                parts.usage(),
                agents,
                parts.metrics().proxy(),
                BuildInfo.current(),
                parts.threads(),
                parts.clock(),
                parts.random()),
            parts.loops()),
        KubernetesApi::close);
  }

  /** Where clients connect. */
  Optional<SocketAddress> address() {
    return proxy.map(KubernetesApi::address);
  }

  /** Stops gracefully. */
  void stop() throws InterruptedException {
    if (proxy.isPresent()) {
      proxy.get().stop();
    }
  }

  @Override
  public void close() {
    lifetimes.close();
  }
}
