package io.mooring.gitlab.ci;

import java.util.Optional;

/**
 * A running job.
 *
 * @param id number in the database
 * @param pipelineId the pipeline it belongs to
 * @param projectId the project it runs for
 * @param ref branch or tag it runs for
 * @param userId who started it
 * @param environment where it deploys to
 */
record Job(
    long id,
    long pipelineId,
    long projectId,
    String ref,
    Optional<Long> userId,
    Optional<Environment> environment) {

  /** Where a job deploys to. */
  record Environment(String name, String slug, String tier) {}
}
