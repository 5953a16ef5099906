package io.mooring.gitlab.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.protocol.secret.Secret;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as the API shows it; of the project's number and the group's there is one. The signing
 * secret is there once.
 */
record WebhookView(
    long id,
    String uuid,
    String url,
    String name,
    String description,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long projectId,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long groupId,
    boolean agentPresenceEvents,
    boolean agentConfigurationEvents,
    boolean agentSyncEvents,
    boolean enableSslVerification,
    String alertStatus,
    @Nullable Instant disabledUntil,
    Instant createdAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String signingSecret) {

  static WebhookView of(Webhook webhook, Optional<Secret> signingSecret, Instant now) {
    boolean project = webhook.owner() instanceof Webhook.Owner.Project;
    return new WebhookView(
        webhook.id(),
        webhook.uuid(),
        webhook.url(),
        webhook.name(),
        webhook.description(),
        project ? Long.valueOf(webhook.owner().id()) : null,
        project ? null : Long.valueOf(webhook.owner().id()),
        webhook.events().contains(Topic.PRESENCE),
        webhook.events().contains(Topic.CONFIGURATION),
        webhook.events().contains(Topic.SYNC),
        true,
        webhook.alertStatus(now),
        webhook.disabledUntil().filter(now::isBefore).orElse(null),
        webhook.createdAt(),
        signingSecret.map(Secret::text).orElse(null));
  }
}
