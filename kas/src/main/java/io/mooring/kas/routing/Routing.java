package io.mooring.kas.routing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mooring.kas.tunnel.TunnelRegistry;
import io.mooring.protocol.jwt.JwtSigner;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every search for a tunnel uses. Thread-safe. */
public final class Routing {
  private static final Logger log = LoggerFactory.getLogger(Routing.class);

  private final Parts parts;
  private final AllowedPeers allowed;

  /** URLs that were complained about lately, so that the log has one line for each. */
  private final Cache<String, Boolean> refused =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .expireAfterWrite(Duration.ofHours(1))
          .maximumSize(1_000)
          .build();

  /**
   * The parts.
   *
   * @param registry tunnels of this replica
   * @param ownUrl URL of this replica in the index
   * @param peers connections to the others
   * @param lists which of them have tunnels of an agent
   * @param jwt tells the others that this is a replica
   * @param timer runs what is due; its tasks do not block
   * @param durations of searches in seconds, by {@code status}
   * @param timeouts searches that took too long
   */
  public record Parts(
      TunnelRegistry registry,
      String ownUrl,
      PeerConnections peers,
      ReplicaLists lists,
      JwtSigner jwt,
      ScheduledExecutorService timer,
      Histogram durations,
      Counter timeouts,
      InstantSource clock,
      RandomGenerator random) {}

  /**
   * Wires them.
   *
   * @param environment of the process, which may restrict the other replicas' addresses
   */
  public Routing(Parts parts, Map<String, String> environment) {
    this.parts = parts;
    this.allowed = AllowedPeers.of(PeerAddress.parse(parts.ownUrl()), environment);
  }

  Parts parts() {
    return parts;
  }

  /** The address behind a URL of the index; empty when it is not to be called. */
  Optional<PeerAddress> peer(String url) {
    try {
      PeerAddress address = PeerAddress.parse(url);
      Optional<String> objection = allowed.objection(address);
      objection.ifPresent(text -> refuse(url, text));
      return objection.isPresent() ? Optional.empty() : Optional.of(address);
    } catch (IllegalArgumentException e) {
      refuse(url, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void refuse(String url, String reason) {
    if (refused.asMap().putIfAbsent(url, true) == null) {
      log.atWarn()
          .addKeyValue("kas_url", url)
          .addKeyValue("error", reason)
          .log("Ignored a replica that is listed for an agent");
    }
  }
}
