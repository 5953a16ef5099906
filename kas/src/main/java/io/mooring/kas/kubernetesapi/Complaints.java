package io.mooring.kas.kubernetesapi;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators of headers that clusters sent and clients do not get. Thread-safe. */
final class Complaints {
  private static final Logger log = LoggerFactory.getLogger(Complaints.class);

  /** Names are the clusters' choice; a few are worth a label of their own. */
  private static final Set<String> NAMED =
      Set.of(
          "Set-Cookie",
          "Content-Security-Policy",
          "Location",
          "Www-Authenticate",
          "Clear-Site-Data",
          "Service-Worker-Allowed",
          "Nel",
          "Report-To");

  private static final int MAX_NAME = 100;

  private final Counter counter;

  /** Names that were logged lately, so that the log has one line for each. */
  private final Cache<String, Boolean> logged =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .expireAfterWrite(Duration.ofHours(1))
          .maximumSize(1_000)
          .build();

  Complaints(Counter counter) {
    this.counter = counter;
  }

  /** A header was dropped; its value is nobody's business. */
  void dropped(String name) {
    counter.labelValues(NAMED.contains(name) ? name : "other").inc();
    String shown = name.substring(0, Math.min(name.length(), MAX_NAME));
    if (logged.asMap().putIfAbsent(shown, true) == null) {
      log.atWarn()
          .addKeyValue("header", shown)
          .log("A cluster answered with a header that is not passed on");
    }
  }
}
