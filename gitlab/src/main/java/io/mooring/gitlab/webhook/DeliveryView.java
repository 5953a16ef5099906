package io.mooring.gitlab.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A delivery as the API shows it, in GitLab's names where it has them. */
record DeliveryView(
    long id,
    String uuid,
    String trigger,
    String requestData,
    @Nullable String responseStatus,
    String responseBody,
    String problem,
    @Nullable Double executionDuration,
    int attempts,
    boolean delivered,
    Instant createdAt,
    @Nullable Instant attemptedAt,
    @Nullable Instant nextAttemptAt) {

  static DeliveryView of(Delivery delivery) {
    return new DeliveryView(
        delivery.id(),
        delivery.uuid(),
        delivery.event(),
        delivery.body(),
        delivery.status().map(String::valueOf).orElse(null),
        delivery.answer(),
        delivery.problem(),
        delivery.duration().map(millis -> millis / 1000.0).orElse(null),
        delivery.attempts(),
        delivery.succeeded(),
        delivery.createdAt(),
        delivery.attemptedAt().orElse(null),
        delivery.nextAttemptAt().orElse(null));
  }
}
