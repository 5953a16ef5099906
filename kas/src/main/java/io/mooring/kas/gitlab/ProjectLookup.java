package io.mooring.kas.gitlab;

import io.grpc.StatusException;
import io.mooring.kas.identity.AgentToken;

/** Finds a project on behalf of an agent. Calls block; use them on virtual threads. */
@FunctionalInterface
public interface ProjectLookup {
  /**
   * Asks GitLab, or the cache, for a project that the agent may read (gitlab-api.md 2 and 3).
   *
   * @param projectPath full path, {@code group/project}
   * @throws StatusException {@code UNAUTHENTICATED}, {@code PERMISSION_DENIED}, {@code NOT_FOUND}
   *     {@code project not found}, {@code UNAVAILABLE} when GitLab gave no usable answer (worth a
   *     retry)
   */
  ProjectInfo project(AgentToken token, String projectPath) throws StatusException;
}
