package io.mooring.gitlab.ci;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.gitlab.identity.User;
import io.mooring.protocol.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API shows it, with GitLab's names; {@code timeout} and {@code expires_at} are ours,
 * and {@code token} and {@code kubeconfig} are there once, when it was started just now.
 */
record JobView(
    long id,
    String status,
    String stage,
    String name,
    String ref,
    boolean tag,
    boolean allowFailure,
    Instant createdAt,
    Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Double duration,
    Instant expiresAt,
    long timeout,
    @Nullable UserView user,
    PipelineView pipeline,
    @Nullable EnvironmentView environment,
    @Nullable String failureReason,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String kubeconfig) {
  private static final String STAGE = "external";

  /** In whose name it runs. */
  record UserView(long id, String username, String name) {}

  /** What it belongs to. */
  record PipelineView(
      long id, long projectId, String ref, String status, String source, Instant createdAt) {}

  /** Where it deploys to. */
  record EnvironmentView(long id, String name, String slug, String tier) {}

  static JobView of(Job job, Optional<User> user) {
    return of(job, user, Optional.empty(), Optional.empty());
  }

  static JobView of(
      Job job, Optional<User> user, Optional<Secret> token, Optional<Secret> kubeconfig) {
    return new JobView(
        job.id(),
        job.status().text(),
        STAGE,
        job.name(),
        job.ref(),
        job.tag(),
        false,
        job.createdAt(),
        job.createdAt(),
        job.finishedAt().orElse(null),
        job.finishedAt()
            .map(end -> Duration.between(job.createdAt(), end).toMillis() / 1000.0)
            .orElse(null),
        job.expiresAt(),
        Duration.between(job.createdAt(), job.expiresAt()).toSeconds(),
        user.map(known -> new UserView(known.id(), known.username(), known.name())).orElse(null),
        new PipelineView(
            job.pipelineId(),
            job.projectId(),
            job.ref(),
            job.status().text(),
            STAGE,
            job.createdAt()),
        job.environment()
            .map(at -> new EnvironmentView(at.id(), at.name(), at.slug(), at.tier().text()))
            .orElse(null),
        job.failureReason().orElse(null),
        token.map(Secret::text).orElse(null),
        kubeconfig.map(Secret::text).orElse(null));
  }
}
