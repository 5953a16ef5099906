package io.mooring.gitlab.webhook;

import java.time.Instant;
import java.util.Optional;

/**
 * One event on its way to one receiver, or what became of it.
 *
 * @param id number in the database; later ones are greater
 * @param uuid the same for every attempt
 * @param event the value of {@code X-Gitlab-Event}
 * @param body what is sent, JSON
 * @param createdAt when the event happened
 * @param attempts how often it was tried
 * @param nextAttemptAt when it is tried again; empty when it is not
 * @param attemptedAt when it was tried last
 * @param succeeded whether the receiver took it
 * @param status what the receiver answered last
 * @param answer the begin of that answer's body
 * @param problem why it failed
 * @param duration how long the last attempt took, in milliseconds
 */
public record Delivery(
    long id,
    String uuid,
    String event,
    String body,
    Instant createdAt,
    int attempts,
    Optional<Instant> nextAttemptAt,
    Optional<Instant> attemptedAt,
    boolean succeeded,
    Optional<Integer> status,
    String answer,
    String problem,
    Optional<Long> duration) {}
