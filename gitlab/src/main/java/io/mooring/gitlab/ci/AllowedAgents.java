package io.mooring.gitlab.ci;

import io.mooring.gitlab.agent.CiAccess;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProtectedBranches;
import io.mooring.gitlab.project.Wildcard;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Which agents serve one job (gitlab-side.md 1.12). Thread-safe. */
@Component
class AllowedAgents {
  private final CiAccess access;
  private final ProtectedBranches branches;

  AllowedAgents(CiAccess access, ProtectedBranches branches) {
    this.access = access;
    this.branches = branches;
  }

  /** The agents and the entries that let the job in. */
  List<CiAccess.Grant> of(Job job, Project project) {
    boolean onProtectedRef = !job.tag() && branches.isProtected(project, job.ref());
    return access.of(project).stream()
        .filter(grant -> admits(grant.configuration(), job, onProtectedRef))
        .toList();
  }

  private static boolean admits(JsonNode entry, Job job, boolean onProtectedRef) {
    if (entry.path("protected_branches_only").asBoolean(false) && !onProtectedRef) {
      return false;
    }
    JsonNode environments = entry.path("environments");
    if (environments.isEmpty()) {
      return true;
    }
    for (JsonNode pattern : environments) {
      if (job.environment()
          .filter(at -> Wildcard.matches(pattern.asString(""), at.name()))
          .isPresent()) {
        return true;
      }
    }
    return false;
  }
}
