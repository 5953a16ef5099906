package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Who an agent is, and which projects it may read (gitlab-side.md 1.6 and 1.7). */
@RestController
@RequestMapping("/api/v4/internal")
class AgentInfoController {
  private final AgentAuthentication authentication;
  private final Projects projects;
  private final Access access;
  private final GitalyStorages storages;

  AgentInfoController(
      AgentAuthentication authentication,
      Projects projects,
      Access access,
      GitalyStorages storages) {
    this.authentication = authentication;
    this.projects = projects;
    this.access = access;
    this.storages = storages;
  }

  /** The answer about an agent. */
  record AgentInfo(
      long projectId,
      long agentId,
      String agentName,
      GitalyView.Server gitalyInfo,
      GitalyView.Repository gitalyRepository,
      String defaultBranch) {}

  /** The answer about a project. */
  record ProjectInfo(
      long projectId,
      GitalyView.Server gitalyInfo,
      GitalyView.Repository gitalyRepository,
      String defaultBranch) {}

  @GetMapping({"/kubernetes/agent_info", "/agents/agentk/agent_info"})
  AgentInfo agentInfo(HttpServletRequest request) {
    Agent agent = authentication.require(request);
    GitalyView gitaly = GitalyView.of(agent.project(), storages);
    return new AgentInfo(
        agent.project().id(),
        agent.id(),
        agent.name(),
        gitaly.gitalyInfo(),
        gitaly.gitalyRepository(),
        agent.project().defaultBranch());
  }

  @GetMapping("/kubernetes/project_info")
  ProjectInfo projectInfo(HttpServletRequest request, Parameters parameters) {
    Project project = readable(request, parameters);
    GitalyView gitaly = GitalyView.of(project, storages);
    return new ProjectInfo(
        project.id(), gitaly.gitalyInfo(), gitaly.gitalyRepository(), project.defaultBranch());
  }

  @GetMapping("/kubernetes/verify_project_access")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void verifyProjectAccess(HttpServletRequest request, Parameters parameters) {
    var _ = readable(request, parameters);
  }

  /** A project whose code everybody may read, or the agent's own; any other does not exist. */
  private Project readable(HttpServletRequest request, Parameters parameters) {
    Agent agent = authentication.require(request);
    String id = parameters.requiredText("id");
    parameters.check();
    return projects
        .named(id)
        .filter(project ->
            project.id() == agent.project().id() || access.downloads(Optional.empty(), project))
        .orElseThrow(ApiException::notFound);
  }
}
