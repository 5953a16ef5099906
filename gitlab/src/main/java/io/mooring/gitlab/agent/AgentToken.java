package io.mooring.gitlab.agent;

import java.time.Instant;
import java.util.Optional;

/**
 * A token of an agent, without its secret.
 *
 * @param id number in the database
 * @param agentId whose it is
 * @param name what its maker called it
 * @param description what its maker wrote about it
 * @param active may be used
 * @param createdByUserId who made it
 * @param createdAt when it was made
 * @param lastUsedAt the last call with it
 */
public record AgentToken(
    long id,
    long agentId,
    String name,
    Optional<String> description,
    boolean active,
    Optional<Long> createdByUserId,
    Instant createdAt,
    Optional<Instant> lastUsedAt) {}
