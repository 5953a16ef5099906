package io.mooring.kas.gitlab;

import io.grpc.StatusException;
import io.mooring.kas.identity.AgentToken;

/** Tells what an agent may read. Calls block; use them on virtual threads. */
@FunctionalInterface
public interface ProjectAccess {
  /**
   * Asks GitLab, or the cache, whether the agent may read a project (gitlab-api.md 2, row 3).
   *
   * @param projectPath full path, {@code group/project}
   * @return false when GitLab refuses (401, 403, 404), whatever its reason
   * @throws StatusException {@code UNAVAILABLE} when GitLab gave no usable answer, which was logged
   */
  boolean mayRead(AgentToken token, String projectPath) throws StatusException;
}
