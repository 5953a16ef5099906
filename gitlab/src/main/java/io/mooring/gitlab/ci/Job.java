package io.mooring.gitlab.ci;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A job that some CI runs.
 *
 * @param id number in the database
 * @param pipelineId the pipeline it belongs to
 * @param projectId the project it runs for
 * @param name what its CI calls it
 * @param ref branch or tag it runs for
 * @param tag whether that is a tag
 * @param userId in whose name it runs
 * @param environment where it deploys to
 * @param status how far it is
 * @param failureReason GitLab's word for why it failed
 * @param createdAt when it began
 * @param expiresAt when it ends by itself
 * @param finishedAt when it ended
 */
record Job(
    long id,
    long pipelineId,
    long projectId,
    String name,
    String ref,
    boolean tag,
    Optional<Long> userId,
    Optional<Environment> environment,
    Status status,
    Optional<String> failureReason,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> finishedAt) {

  /** How far a job is; its token is worth something only while it runs. */
  enum Status {
    RUNNING,
    SUCCESS,
    FAILED,
    CANCELED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Status> named(String text) {
      return Arrays.stream(values()).filter(status -> status.text().equals(text)).findFirst();
    }
  }
}
