package io.mooring.gitlab.ci;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.gitaly.Repositories;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.BranchName;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProtectedBranches;
import io.mooring.gitlab.project.Role;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Starts jobs, under the rules that GitLab has for pipelines: who runs one develops for the
 * project, and may push to the branch when that is protected. Thread-safe.
 */
@Component
class JobStart {
  private final Access access;
  private final ProtectedBranches branches;
  private final Repositories repositories;
  private final Environments environments;
  private final Jobs jobs;
  private final AuditEvents audit;
  private final TransactionTemplate transactions;

  JobStart(
      Access access,
      ProtectedBranches branches,
      Repositories repositories,
      Environments environments,
      Jobs jobs,
      AuditEvents audit,
      TransactionTemplate transactions) {
    this.access = access;
    this.branches = branches;
    this.repositories = repositories;
    this.environments = environments;
    this.jobs = jobs;
    this.audit = audit;
    this.transactions = transactions;
  }

  /**
   * What a CI asks for.
   *
   * @param project the project it runs for
   * @param author who asks
   * @param user in whose name it runs
   * @param name what the CI calls it
   * @param ref branch or tag
   * @param environment where it deploys to
   * @param timeout after which it ends by itself
   */
  record Wanted(
      Project project,
      User author,
      User user,
      String name,
      String ref,
      Optional<Environment.Wanted> environment,
      Duration timeout) {}

  /**
   * Starts a job.
   *
   * @throws ApiException 400 with GitLab's text when a rule is broken
   */
  Jobs.Started start(Wanted wanted) {
    Role role =
        access
            .role(Optional.of(wanted.user()), wanted.project())
            .filter(held -> held.includes(Role.DEVELOPER))
            .orElseThrow(() -> refused("Insufficient permissions to create a new pipeline"));
    boolean tag = requireRef(wanted.project(), wanted.ref());
    if (!tag && !mayRunOn(wanted, role)) {
      throw refused(
          "You do not have sufficient permission to run a pipeline on '"
              + wanted.ref()
              + "'. Please select a different branch or contact your administrator for assistance.");
    }
    return transactions.execute(status -> {
      Optional<Environment> environment =
          wanted.environment().map(at -> environments.ensure(wanted.project().id(), at));
      Jobs.Started started =
          jobs.start(
              new Jobs.NewJob(
                  wanted.project().id(),
                  wanted.name(),
                  wanted.ref(),
                  tag,
                  wanted.user().id(),
                  environment.map(Environment::id),
                  wanted.timeout()));
      note(wanted, started.job());
      return started;
    });
  }

  /** Whether the ref is a tag; 400 when it is nothing at all. A branch goes before a tag. */
  private boolean requireRef(Project project, String ref) {
    if (BranchName.isValid(ref)) {
      if (repositories.hasBranch(project.repository(), ref)) {
        return false;
      }
      if (repositories.hasTag(project.repository(), ref)) {
        return true;
      }
    }
    throw refused("Reference not found");
  }

  private boolean mayRunOn(Wanted wanted, Role role) {
    List<ProtectedBranches.Rule> rules = branches.matching(wanted.project(), wanted.ref());
    return rules.isEmpty()
        || rules.stream()
            .anyMatch(rule ->
                rule.permitsPush(wanted.user(), role) || rule.permitsMerge(wanted.user(), role));
  }

  private void note(Wanted wanted, Job job) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("ref", job.ref());
    details.put("user_id", wanted.user().id());
    details.put("expires_at", job.expiresAt().toString());
    job.environment().ifPresent(at -> details.put("environment", at.name()));
    audit.record(
        new AuditEvent(
            "ci_job_started",
            wanted.author().author(),
            Entity.project(wanted.project().id(), wanted.project().fullPath()),
            new Target("Ci::Build", job.id(), job.name()),
            details));
  }

  private static ApiException refused(String text) {
    return ApiException.message(HttpStatus.BAD_REQUEST, Map.of("base", List.of(text)));
  }
}
