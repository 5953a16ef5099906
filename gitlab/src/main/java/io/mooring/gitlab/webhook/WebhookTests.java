package io.mooring.gitlab.webhook;

import io.mooring.gitlab.http.ApiException;
import java.time.InstantSource;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Tries webhooks when people ask for it, and sends again. Blocks for as long as the attempt. */
@Component
public class WebhookTests {
  private final Deliveries deliveries;
  private final DeliveryCourier courier;
  private final HookBodies bodies;
  private final InstantSource clock;

  WebhookTests(
      Deliveries deliveries, DeliveryCourier courier, HookBodies bodies, InstantSource clock) {
    this.deliveries = deliveries;
    this.courier = courier;
    this.bodies = bodies;
    this.clock = clock;
  }

  /**
   * Sends a test at once, also from a webhook that is disabled: a success enables it again.
   *
   * @throws ApiException 422 saying what the receiver answered instead
   */
  public void attempt(Webhook webhook, Topic topic) {
    Deliveries.Claimed delivery =
        deliveries.addTaken(webhook, topic, bodies.test(topic, clock.instant()).toString());
    Outcome outcome = courier.attemptOnce(delivery);
    if (!outcome.succeeded()) {
      throw ApiException.message(
          HttpStatus.UNPROCESSABLE_CONTENT,
          outcome
              .status()
              .map(status -> "the receiver answered " + status + " (expected: 200-299)")
              .orElse(outcome.problem()));
    }
  }

  /** Sends a delivery of a webhook once more. */
  public void resend(Webhook webhook, long deliveryId) {
    Delivery delivery =
        deliveries.find(webhook, deliveryId).orElseThrow(ApiException::recordNotFound);
    deliveries.resend(delivery.id());
    courier.wake();
  }
}
