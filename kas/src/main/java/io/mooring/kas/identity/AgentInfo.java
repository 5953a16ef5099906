package io.mooring.kas.identity;

import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;

/**
 * An agent as GitLab knows it.
 *
 * @param agentId id of the agent in GitLab
 * @param projectId id of its configuration project
 * @param name name of the agent, the folder of its configuration file
 * @param gitaly where the configuration project's repository is served, with credentials
 * @param repository the repository of the configuration project
 * @param defaultBranch its default branch, without {@code refs/heads/}
 */
public record AgentInfo(
    long agentId,
    long projectId,
    String name,
    GitalyInfo gitaly,
    GitalyRepository repository,
    String defaultBranch) {

  /** Full path of the configuration project, {@code group/project}. */
  public String projectPath() {
    return repository.getGlProjectPath();
  }

  /** Leaves out the Gitaly credentials. */
  @Override
  public String toString() {
    return "AgentInfo[agentId=" + agentId + ", projectId=" + projectId + ", name=" + name + "]";
  }
}
