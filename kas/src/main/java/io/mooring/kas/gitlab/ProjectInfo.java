package io.mooring.kas.gitlab;

import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;

/**
 * A project an agent may read, as GitLab knows it.
 *
 * @param projectId id of the project
 * @param gitaly where its repository is served, with credentials
 * @param repository its repository
 * @param defaultBranch its default branch, without {@code refs/heads/}
 */
public record ProjectInfo(
    long projectId, GitalyInfo gitaly, GitalyRepository repository, String defaultBranch) {

  /** Leaves out the Gitaly credentials. */
  @Override
  public String toString() {
    return "ProjectInfo[projectId=" + projectId + ", path=" + repository.getGlProjectPath() + "]";
  }
}
