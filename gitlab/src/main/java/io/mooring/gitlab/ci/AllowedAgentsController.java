package io.mooring.gitlab.ci;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.gitlab.agent.CiAccess;
import io.mooring.gitlab.agent.ConfigProjectView;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.Callers;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.project.Members;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.project.Role;
import io.mooring.gitlab.project.Wildcard;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Which agents a job may use (gitlab-side.md 1.12). */
@RestController
class AllowedAgentsController {
  private static final String HEADER = "Job-Token";
  private static final String PARAMETER = "job_token";

  private final Jobs jobs;
  private final Projects projects;
  private final Users users;
  private final Members members;
  private final Callers callers;
  private final CiAccess access;

  AllowedAgentsController(
      Jobs jobs,
      Projects projects,
      Users users,
      Members members,
      Callers callers,
      CiAccess access) {
    this.jobs = jobs;
    this.projects = projects;
    this.users = users;
    this.members = members;
    this.callers = callers;
    this.access = access;
  }

  /** A number that names something. */
  record Id(long id) {}

  /** An agent, and the entry of its configuration that lets the job in. */
  record AllowedAgent(long id, ConfigProjectView configProject, JsonNode configuration) {}

  /** The project of the job with the groups it stands in, innermost first. */
  record ProjectView(long id, List<Id> groups) {}

  /** Who started the job. */
  record UserView(long id, String username, List<String> rolesInProject) {}

  /** Where the job deploys to. */
  record EnvironmentView(String slug, String tier) {}

  /** The answer; without an environment its member is absent. */
  record AllowedAgents(
      List<AllowedAgent> allowedAgents,
      Id job,
      Id pipeline,
      ProjectView project,
      UserView user,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable EnvironmentView environment) {}

  @GetMapping("/api/v4/job/allowed_agents")
  AllowedAgents allowedAgents(HttpServletRequest request) {
    String token = token(request);
    Job job = jobs.running(token).orElseThrow(() -> refusal(token));
    User user =
        job.userId()
            .flatMap(users::find)
            .filter(found -> !found.blocked())
            .orElseThrow(ApiException::unauthorized);
    Project project = projects.find(job.projectId()).orElseThrow(ApiException::unauthorized);
    boolean onProtectedRef = isProtected(project, job.ref());
    List<AllowedAgent> allowed =
        access.of(project).stream()
            .filter(grant -> admits(grant.configuration(), job, onProtectedRef))
            .map(grant ->
                new AllowedAgent(
                    grant.agent().id(),
                    ConfigProjectView.of(grant.agent().project()),
                    grant.configuration()))
            .toList();
    return new AllowedAgents(
        allowed,
        new Id(job.id()),
        new Id(job.pipelineId()),
        new ProjectView(project.id(), groups(project)),
        new UserView(
            user.id(),
            user.username(),
            members.roleInProject(user.id(), project).map(Role::andBelow).orElse(List.of())),
        job.environment().map(at -> new EnvironmentView(at.slug(), at.tier())).orElse(null));
  }

  private static String token(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader(HEADER))
        .or(() -> Optional.ofNullable(request.getParameter(PARAMETER)))
        .or(() -> Callers.bearer(request))
        .or(() -> Optional.ofNullable(request.getHeader("Private-Token")))
        .orElse("");
  }

  /** Who is known but is no job gets 404, everybody else 401. */
  private ApiException refusal(String token) {
    Caller.TokenBearer _ = callers.ofToken(token);
    return ApiException.notFound("Job");
  }

  private boolean isProtected(Project project, String ref) {
    return ref.equals(project.defaultBranch())
        || projects.protectedBranches(project.id()).stream()
            .anyMatch(pattern -> Wildcard.matches(pattern, ref));
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

  private static List<Id> groups(Project project) {
    return project.namespace().isGroup()
        ? project.namespace().traversalIds().reversed().stream().map(Id::new).toList()
        : List.of();
  }
}
