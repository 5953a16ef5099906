package io.mooring.gitlab.webhook;

import io.mooring.gitlab.outbox.Courier;
import io.mooring.gitlab.outbox.RetryDelay;
import io.mooring.gitlab.webhook.Deliveries.Claimed;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Sends deliveries until they are taken or tried often enough. A slow receiver holds up nobody
 * else: each has one attempt at a time, on a virtual thread.
 */
@Component
public class DeliveryCourier extends Courier {
  /** The last attempt comes about an hour and a half after the first. */
  static final int MAX_ATTEMPTS = 10;

  private static final Duration FIRST_DELAY = Duration.ofSeconds(10);
  private static final Duration LONGEST_DELAY = Duration.ofHours(1);

  /** Attempts at the same time; each holds a thread and a socket for ten seconds at most. */
  private static final int MAX_AT_ONCE = 32;

  private static final Logger log = LoggerFactory.getLogger(DeliveryCourier.class);

  private final Deliveries deliveries;
  private final Webhooks webhooks;
  private final Health health;
  private final Sender sender;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final Counter attempts;
  private final Semaphore permits = new Semaphore(MAX_AT_ONCE);

  DeliveryCourier(
      Deliveries deliveries,
      Webhooks webhooks,
      Health health,
      Sender sender,
      RandomGenerator random,
      InstantSource clock,
      PrometheusRegistry registry) {
    super("webhook-courier");
    this.deliveries = deliveries;
    this.webhooks = webhooks;
    this.health = health;
    this.sender = sender;
    this.random = random;
    this.clock = clock;
    this.attempts =
        Counter.builder()
            .name("gitlab_webhook_attempts")
            .help("Attempts to deliver something to a webhook")
            .labelNames("outcome")
            .withoutExemplars()
            .register(registry);
    var _ =
        GaugeWithCallback.builder()
            .name("gitlab_webhook_deliveries_waiting")
            .help("Deliveries that were not taken yet")
            .callback(callback -> callback.call((double) deliveries.waiting()))
            .register(registry);
  }

  @Override
  protected boolean round() {
    int free = permits.availablePermits();
    if (free == 0) {
      return false;
    }
    List<Claimed> claimed = deliveries.claim(free);
    for (Claimed delivery : claimed) {
      permits.acquireUninterruptibly();
      Thread.ofVirtual()
          .name("webhook-" + delivery.id())
          .start(() -> {
            try {
              attempt(delivery);
            } catch (DataAccessException e) {
              log.atWarn()
                  .addKeyValue("webhook_id", delivery.webhookId())
                  .setCause(e)
                  .log("Outcome of a delivery not noted, it is sent again");
            } finally {
              permits.release();
              wake();
            }
          });
    }
    return false;
  }

  /** Attempts a delivery that somebody waits for, who tries again if it fails. */
  Outcome attemptOnce(Claimed delivery) {
    return attempt(delivery, Optional.empty());
  }

  private void attempt(Claimed delivery) {
    var _ = attempt(delivery, next(delivery.attempts()));
  }

  /** Attempts a delivery that was taken, and notes what became of it. */
  private Outcome attempt(Claimed delivery, Optional<Instant> again) {
    Outcome outcome;
    try {
      outcome = sender.send(delivery, webhooks.secrets(delivery.webhookId()));
    } catch (UnreadableSecretException e) {
      outcome = Outcome.failed(UnreadableSecretException.TEXT, Duration.ZERO);
    }
    attempts.labelValues(outcome.succeeded() ? "succeeded" : "failed").inc();
    log.atInfo()
        .addKeyValue("webhook_id", delivery.webhookId())
        .addKeyValue("delivery", delivery.uuid())
        .addKeyValue("attempts", delivery.attempts())
        .addKeyValue("status", outcome.status().orElse(0))
        .addKeyValue("duration_ms", outcome.duration().toMillis())
        .log("Webhook called");
    if (outcome.succeeded()) {
      deliveries.attempted(delivery, outcome, Optional.empty());
      health.succeeded(delivery.webhookId());
    } else {
      deliveries.attempted(delivery, outcome, again);
      health.failed(delivery.webhookId());
    }
    return outcome;
  }

  private Optional<Instant> next(int attempt) {
    return attempt < MAX_ATTEMPTS
        ? Optional.of(
            clock.instant().plus(RetryDelay.after(attempt, FIRST_DELAY, LONGEST_DELAY, random)))
        : Optional.empty();
  }
}
