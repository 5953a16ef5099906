package io.mooring.gitlab.webhook;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.webhook.WebhookAccess.Place;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** What the API answers about webhooks, of projects and groups alike. Thread-safe. */
@Component
class WebhookAnswers {
  private final WebhookAccess access;
  private final Webhooks webhooks;
  private final WebhookChanges changes;
  private final WebhookTests tests;
  private final Deliveries deliveries;
  private final ExternalUrl external;
  private final InstantSource clock;

  WebhookAnswers(
      WebhookAccess access,
      Webhooks webhooks,
      WebhookChanges changes,
      WebhookTests tests,
      Deliveries deliveries,
      ExternalUrl external,
      InstantSource clock) {
    this.access = access;
    this.webhooks = webhooks;
    this.changes = changes;
    this.tests = tests;
    this.deliveries = deliveries;
    this.external = external;
    this.clock = clock;
  }

  /** That something was done. */
  record Message(String message) {
    static final Message CREATED = new Message("201 Created");
  }

  ResponseEntity<List<WebhookView>> list(
      Place place, Parameters parameters, HttpServletRequest request) {
    Page page = Page.of(parameters);
    return page.answer(request, external, webhooks.list(place.owner(), page).map(this::view));
  }

  WebhookView create(Caller caller, Place place, Parameters parameters) {
    WebhookChanges.Issued issued = changes.create(caller, place, parameters);
    return WebhookView.of(issued.webhook(), Optional.of(issued.signingSecret()), clock.instant());
  }

  WebhookView get(Place place, long id) {
    return view(access.require(place, id));
  }

  WebhookView update(Caller caller, Place place, long id, Parameters parameters) {
    boolean renew = parameters.flag("renew_signing_secret").orElse(false);
    Webhook changed = changes.update(caller, place, access.require(place, id), parameters);
    return renew
        ? WebhookView.of(
            changed,
            Optional.of(changes.renewSecret(caller, place, changed).signingSecret()),
            clock.instant())
        : view(changed);
  }

  void delete(Caller caller, Place place, long id) {
    changes.delete(caller, place, access.require(place, id));
  }

  Message test(Place place, long id, String trigger) {
    Webhook webhook = access.require(place, id);
    Topic topic =
        Topic.of(trigger)
            .orElseThrow(() -> ApiException.badRequest("trigger does not have a valid value"));
    tests.attempt(webhook, topic);
    return Message.CREATED;
  }

  ResponseEntity<List<DeliveryView>> events(
      Place place, long id, Parameters parameters, HttpServletRequest request) {
    Webhook webhook = access.require(place, id);
    Page page = Page.of(parameters);
    return page.answer(request, external, deliveries.list(webhook, page).map(DeliveryView::of));
  }

  Message resend(Place place, long id, long deliveryId) {
    tests.resend(access.require(place, id), deliveryId);
    return Message.CREATED;
  }

  private WebhookView view(Webhook webhook) {
    return WebhookView.of(webhook, Optional.empty(), clock.instant());
  }
}
