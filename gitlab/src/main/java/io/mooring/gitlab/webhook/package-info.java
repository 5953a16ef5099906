/**
 * Webhooks: whom projects and groups tell of what happens to their agents. Main types: {@link
 * io.mooring.gitlab.webhook.Webhooks}, the settings; {@link io.mooring.gitlab.webhook.Deliveries},
 * the outbox, filled in the transaction of what happened; {@link
 * io.mooring.gitlab.webhook.DeliveryCourier}, which sends, each delivery on a virtual thread. Knows
 * nothing of who causes events.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.webhook;
