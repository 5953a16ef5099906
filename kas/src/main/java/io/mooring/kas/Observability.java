package io.mooring.kas;

import io.mooring.kas.config.KasConfiguration;
import io.mooring.kas.config.ObservabilitySettings;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.rpc.RpcServer;
import io.mooring.kas.store.Store;
import io.mooring.kas.store.StoreException;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.ObservabilityServer;
import io.mooring.protocol.observability.ObservabilityServer.Endpoints;
import io.mooring.protocol.observability.Probe;
import io.mooring.protocol.observability.ProbeFailedException;
import io.mooring.protocol.transport.ListenAddress;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Starts the listener for metrics and probes. */
final class Observability {
  private Observability() {}

  /**
   * Listens from now on.
   *
   * @param servers probes of the other listeners; that of Redis is added when there is one
   * @throws SettingException when the listener cannot be bound
   */
  static ObservabilityServer start(
      KasConfiguration configuration,
      PrometheusRegistry registry,
      Store store,
      List<Probe> servers,
      EventLoops loops) {
    ObservabilitySettings settings = configuration.observability();
    List<Probe> readiness = new ArrayList<>();
    if (configuration.redis().isPresent()) {
      readiness.add(redisProbe(store));
    }
    readiness.addAll(servers);
    Endpoints endpoints =
        new Endpoints(
            BuildInfo.current().kas(),
            settings.prometheusPath(),
            settings.livenessPath(),
            settings.readinessPath(),
            registry,
            List.of(),
            readiness);
    String setting = settings.listener().section() + ".address";
    try {
      return ObservabilityServer.start(
          ListenAddress.parse(
              setting, settings.listener().network(), settings.listener().address()),
          RpcServer.tls(settings.listener()),
          endpoints,
          loops.java());
    } catch (IOException e) {
      throw new SettingException(setting, String.valueOf(e.getMessage()), e);
    }
  }

  private static Probe redisProbe(Store store) {
    return new Probe(
        "redis",
        () -> {
          try {
            store.ping();
          } catch (StoreException e) {
            throw new ProbeFailedException(String.valueOf(e.getMessage()), e);
          }
        });
  }
}
