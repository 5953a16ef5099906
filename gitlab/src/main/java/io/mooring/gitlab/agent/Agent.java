package io.mooring.gitlab.agent;

import io.mooring.gitlab.project.Project;
import java.time.Instant;
import java.util.Optional;

/**
 * A registered agent.
 *
 * @param id number in the database
 * @param project its configuration project
 * @param name unique in the project, never changed
 * @param createdByUserId who registered it
 * @param createdAt when it was registered
 * @param updatedAt the last change of this row
 */
public record Agent(
    long id,
    Project project,
    String name,
    Optional<Long> createdByUserId,
    Instant createdAt,
    Instant updatedAt) {}
