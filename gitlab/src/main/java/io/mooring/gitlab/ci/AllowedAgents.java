package io.mooring.gitlab.ci;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.CiAccess;
import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.ceiling.Ceilings;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProtectedBranches;
import io.mooring.gitlab.project.Wildcard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Which agents serve one job (gitlab-side.md 1.12). Thread-safe. */
@Component
class AllowedAgents {
  private final CiAccess access;
  private final ProtectedBranches branches;
  private final Ceilings ceilings;

  AllowedAgents(CiAccess access, ProtectedBranches branches, Ceilings ceilings) {
    this.access = access;
    this.branches = branches;
    this.ceilings = ceilings;
  }

  /**
   * An agent that serves the job.
   *
   * @param agent the agent
   * @param configuration the entry that lets the job in, without its id
   * @param ceiling what the agent's administrator lets nobody exceed
   */
  record Allowed(Agent agent, JsonNode configuration, Optional<Ceiling> ceiling) {}

  /** The agents, without those whose ceiling leaves the job's project out. */
  List<Allowed> of(Job job, Project project) {
    boolean onProtectedRef = !job.tag() && branches.isProtected(project, job.ref());
    List<CiAccess.Grant> grants =
        access.of(project).stream()
            .filter(grant -> admits(grant.configuration(), job, onProtectedRef))
            .toList();
    Map<Long, Ceiling> limits =
        ceilings.of(grants.stream().map(grant -> grant.agent().id()).toList());
    List<Long> groups = project.groupIds();
    return grants.stream()
        .map(grant ->
            new Allowed(
                grant.agent(),
                grant.configuration(),
                Optional.ofNullable(limits.get(grant.agent().id()))))
        .filter(allowed ->
            allowed
                .ceiling()
                .filter(ceiling -> !ceiling.admitsProject(project.id(), groups))
                .isEmpty())
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
