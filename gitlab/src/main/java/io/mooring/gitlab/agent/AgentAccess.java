package io.mooring.gitlab.agent;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.RepositoryAccess;
import io.mooring.gitlab.project.Role;
import org.springframework.stereotype.Component;

/**
 * Who may see and who may manage agents (gitlab-side.md 4.2): developers and maintainers of the
 * configuration project, and nobody when its repository is switched off. Thread-safe.
 */
@Component
public class AgentAccess {
  private final Access access;
  private final Agents agents;

  AgentAccess(Access access, Agents agents) {
    this.access = access;
    this.agents = agents;
  }

  /** Whether the caller may see the agents of a project. */
  public boolean reads(Caller caller, Project project) {
    return has(caller, project, Role.DEVELOPER);
  }

  /** The project whose agents the caller may see, else 404. */
  public Project read(Caller caller, String idOrPath) {
    Project project = access.project(caller, idOrPath);
    if (!has(caller, project, Role.DEVELOPER)) {
      caller.requireUser();
      throw ApiException.notFound("ClusterAgents");
    }
    return project;
  }

  /** The agent that the caller may see, else 404. */
  public Agent read(Caller caller, String idOrPath, long agentId) {
    return agents.find(read(caller, idOrPath), agentId).orElseThrow(ApiException::recordNotFound);
  }

  /** The agent of a name that the caller may see, else 404. */
  public Agent named(Caller caller, String idOrPath, String name) {
    return agents.named(read(caller, idOrPath), name).orElseThrow(ApiException::recordNotFound);
  }

  /** Whether the caller may manage the agents of a project. */
  public boolean manages(Caller caller, Project project) {
    return has(caller, project, Role.MAINTAINER);
  }

  /** The project whose agents the caller may manage, else 403. */
  public Project manage(Caller caller, String idOrPath) {
    Project project = access.project(caller, idOrPath);
    if (!has(caller, project, Role.MAINTAINER)) {
      caller.requireUser();
      throw ApiException.forbidden();
    }
    return project;
  }

  /** The agent that the caller may manage, else 403. */
  public Agent manage(Caller caller, String idOrPath, long agentId) {
    return agents.find(manage(caller, idOrPath), agentId).orElseThrow(ApiException::recordNotFound);
  }

  private boolean has(Caller caller, Project project, Role least) {
    return project.repositoryAccess() != RepositoryAccess.DISABLED
        && access.role(caller.user(), project).filter(role -> role.includes(least)).isPresent();
  }
}
