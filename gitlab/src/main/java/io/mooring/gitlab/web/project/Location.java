package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.repository.Trees;
import io.mooring.wire.gitaly.GitCommit;
import java.util.Optional;

/**
 * A revision and a path in it, read from an address where a slash may belong to either.
 *
 * @param revision as it was written
 * @param commit what it names
 * @param path without slashes at its ends; empty for the root
 */
record Location(String revision, GitCommit commit, String path) {
  /** Names of branches with more parts are not looked for. */
  private static final int MAX_PARTS = 5;

  /** The first part that names something, then the longer ones. */
  static Location of(Trees trees, Project project, String text) {
    String whole = text.replaceAll("^/+|/+$", "");
    int end = whole.isEmpty() ? 0 : -1;
    for (int part = 0; part < MAX_PARTS && end < whole.length(); part++) {
      int slash = whole.indexOf('/', end + 1);
      end = slash < 0 ? whole.length() : slash;
      String revision = whole.substring(0, end);
      Optional<GitCommit> commit =
          trees.commit(
              project.repository(), revision.isEmpty() ? project.defaultBranch() : revision);
      if (commit.isPresent()) {
        return new Location(
            revision.isEmpty() ? project.defaultBranch() : revision,
            commit.get(),
            whole.substring(Math.min(end + 1, whole.length())));
      }
    }
    throw ApiException.notFound("Commit");
  }

  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
