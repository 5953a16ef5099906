package io.mooring.gitlab.ci;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.gitlab.agent.ConfigProjectView;
import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Members;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Which agents a job may use (gitlab-side.md 1.12). */
@RestController
class AllowedAgentsController {
  private final JobTokens tokens;
  private final Members members;
  private final AllowedAgents agents;

  AllowedAgentsController(JobTokens tokens, Members members, AllowedAgents agents) {
    this.tokens = tokens;
    this.members = members;
    this.agents = agents;
  }

  /** A number that names something. */
  record Id(long id) {}

  /**
   * An agent, the entry of its configuration that lets the job in, and its ceiling if it has one.
   */
  record AllowedAgent(
      long id,
      ConfigProjectView configProject,
      JsonNode configuration,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode ceiling) {}

  /** The project of the job with the groups it stands in, innermost first. */
  record ProjectView(long id, List<Id> groups) {}

  /** Who started the job. */
  record UserView(long id, String username, List<String> rolesInProject) {}

  /** Where the job deploys to. */
  record EnvironmentView(String slug, String tier) {}

  /** The answer; without an environment its member is absent. */
  record Answer(
      List<AllowedAgent> allowedAgents,
      Id job,
      Id pipeline,
      ProjectView project,
      UserView user,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable EnvironmentView environment) {}

  @GetMapping("/api/v4/job/allowed_agents")
  Answer allowedAgents(HttpServletRequest request) {
    JobTokens.Running running = tokens.require(request);
    Job job = running.job();
    User user = running.user();
    Project project = running.project();
    List<AllowedAgent> views =
        agents.of(job, project).stream()
            .map(allowed ->
                new AllowedAgent(
                    allowed.agent().id(),
                    ConfigProjectView.of(allowed.agent().project()),
                    allowed.configuration(),
                    allowed.ceiling().map(Ceiling::json).orElse(null)))
            .toList();
    return new Answer(
        views,
        new Id(job.id()),
        new Id(job.pipelineId()),
        new ProjectView(project.id(), project.groupIds().stream().map(Id::new).toList()),
        new UserView(
            user.id(),
            user.username(),
            members.roleInProject(user.id(), project).map(Role::andBelow).orElse(List.of())),
        job.environment().map(at -> new EnvironmentView(at.slug(), at.tier().text())).orElse(null));
  }
}
