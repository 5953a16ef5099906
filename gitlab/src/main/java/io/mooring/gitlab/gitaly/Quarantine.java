package io.mooring.gitlab.gitaly;

import io.mooring.wire.gitaly.Repository;
import java.util.List;

/**
 * A repository together with objects that a push brought and that are not accepted yet.
 *
 * @param repository the repository
 * @param objectDirectory where the new objects are, below the repository; empty when nothing waits
 * @param alternates further object directories, below the repository
 */
public record Quarantine(
    RepositoryCoordinates repository, String objectDirectory, List<String> alternates) {
  public Quarantine {
    alternates = List.copyOf(alternates);
  }

  /** The same as Gitaly's message. */
  Repository message() {
    return repository.message().toBuilder()
        .setGitObjectDirectory(objectDirectory)
        .addAllGitAlternateObjectDirectories(alternates)
        .build();
  }
}
