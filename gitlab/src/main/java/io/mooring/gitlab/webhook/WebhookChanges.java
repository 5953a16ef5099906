package io.mooring.gitlab.webhook;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.gitlab.webhook.WebhookAccess.Place;
import io.mooring.gitlab.webhook.Webhooks.Secrets;
import io.mooring.gitlab.webhook.Webhooks.Settings;
import io.mooring.protocol.secret.Secret;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What people change about webhooks, by REST and by pages alike. Thread-safe. */
@Component
public class WebhookChanges {
  /** GitLab's default for projects. */
  static final int MAX_WEBHOOKS = 100;

  private static final int MAX_TOKEN = 255;
  private static final int MAX_NAME = 255;
  private static final int MAX_DESCRIPTION = 2048;

  private final Webhooks webhooks;
  private final AuditEvents audit;
  private final TokenGenerator generator;

  WebhookChanges(Webhooks webhooks, AuditEvents audit, TokenGenerator generator) {
    this.webhooks = webhooks;
    this.audit = audit;
    this.generator = generator;
  }

  /** A webhook and its signing secret, which is shown only once. */
  public record Issued(Webhook webhook, Secret signingSecret) {}

  /**
   * Makes a webhook.
   *
   * @throws ApiException 400 naming what is wrong, 422 for one too many
   */
  @Transactional
  public Issued create(Caller caller, Place place, Parameters parameters) {
    Settings settings = settings(parameters, Optional.empty());
    Optional<Secret> token = token(parameters);
    parameters.requiredText("url");
    parameters.check();
    if (webhooks.count(place.owner()) >= MAX_WEBHOOKS) {
      throw ApiException.message(
          HttpStatus.UNPROCESSABLE_CONTENT,
          "Maximum number of webhooks (" + MAX_WEBHOOKS + ") exceeded");
    }
    Secret signing = Signature.newSecret(generator);
    Webhook webhook = webhooks.create(place.owner(), settings, new Secrets(token, signing));
    note("webhook_created", caller, place, webhook);
    return new Issued(webhook, signing);
  }

  /** Changes what is given. */
  @Transactional
  public Webhook update(Caller caller, Place place, Webhook webhook, Parameters parameters) {
    Settings settings = settings(parameters, Optional.of(webhook));
    Optional<Secret> token = token(parameters);
    parameters.check();
    if (parameters.has("token")) {
      webhooks.setToken(webhook, token);
    }
    Webhook changed = webhooks.update(webhook, settings);
    note("webhook_updated", caller, place, changed);
    return changed;
  }

  /** Makes a new signing secret in place of the present one. */
  @Transactional
  public Issued renewSecret(Caller caller, Place place, Webhook webhook) {
    Secret signing = Signature.newSecret(generator);
    webhooks.setSigningSecret(webhook, signing);
    note("webhook_secret_renewed", caller, place, webhook);
    return new Issued(webhook, signing);
  }

  /** Removes a webhook with its deliveries. */
  @Transactional
  public void delete(Caller caller, Place place, Webhook webhook) {
    webhooks.delete(webhook);
    note("webhook_deleted", caller, place, webhook);
  }

  private static Settings settings(Parameters parameters, Optional<Webhook> present) {
    String url = parameters.text("url").or(() -> present.map(Webhook::url)).orElse("");
    WebhookUrl.problem(url).ifPresent(parameters::refuse);
    String name = parameters.text("name").or(() -> present.map(Webhook::name)).orElse("");
    String description =
        parameters.text("description").or(() -> present.map(Webhook::description)).orElse("");
    if (name.length() > MAX_NAME) {
      parameters.refuse("name is too long (maximum is " + MAX_NAME + " characters)");
    }
    if (description.length() > MAX_DESCRIPTION) {
      parameters.refuse("description is too long (maximum is " + MAX_DESCRIPTION + " characters)");
    }
    if (parameters.flag("enable_ssl_verification").filter(verify -> !verify).isPresent()) {
      parameters.refuse(
          "enable_ssl_verification does not have a valid value (expected: true, certificates are always verified)");
    }
    Set<Topic> events = EnumSet.noneOf(Topic.class);
    for (Topic topic : Topic.values()) {
      boolean before = present.map(webhook -> webhook.events().contains(topic)).orElse(true);
      if (parameters.flag(topic.parameter()).orElse(before)) {
        events.add(topic);
      }
    }
    return new Settings(url, name, description, events);
  }

  private static Optional<Secret> token(Parameters parameters) {
    Optional<String> token = parameters.text("token").filter(text -> !text.isEmpty());
    if (token
        .filter(text -> text.length() > MAX_TOKEN || !text.matches("[\\x21-\\x7e]+"))
        .isPresent()) {
      parameters.refuse(
          "token is invalid (expected: at most 255 printable characters without spaces)");
    }
    return token.map(Secret::of);
  }

  private void note(String name, Caller caller, Place place, Webhook webhook) {
    Entity entity =
        switch (place.owner()) {
          case Webhook.Owner.Project(long id) -> Entity.project(id, place.fullPath());
          case Webhook.Owner.Group(long id) -> Entity.group(id, place.fullPath());
        };
    audit.record(
        new AuditEvent(
            name,
            caller.requireUser().author(),
            entity,
            new Target("WebHook", webhook.id(), webhook.name()),
            Map.of("host", WebhookUrl.host(webhook.url()))));
  }
}
