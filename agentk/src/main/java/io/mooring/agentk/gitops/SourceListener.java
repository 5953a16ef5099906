package io.mooring.agentk.gitops;

/** Hears whether kas delivers a project's newest commit. Must not block. */
interface SourceListener {
  /**
   * A newer commit than {@code commitId} cannot be had: a fault in the repository or its
   * configuration, not in the connection.
   *
   * @param commitId the one in place; empty when there is none yet
   */
  void refused(String commitId, String error);

  /** {@code commitId} is the newest. Said once after the start, and once after a refusal. */
  void delivered(String commitId);
}
