package io.mooring.gitlab.project;

import io.mooring.gitlab.gitaly.RepositoryCoordinates;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A project with its repository.
 *
 * @param id number in the database
 * @param namespace where it stands
 * @param creatorId who made it
 * @param path last part of the address
 * @param fullPath whole address
 * @param name name that is shown
 * @param description what its owner wrote about it
 * @param visibility who may know of it
 * @param repositoryAccess who may read its code
 * @param defaultBranch branch that stands for the project
 * @param storageName where its repository is
 * @param createdAt when it was made
 */
public record Project(
    long id,
    Namespace namespace,
    Optional<Long> creatorId,
    String path,
    String fullPath,
    String name,
    String description,
    Visibility visibility,
    RepositoryAccess repositoryAccess,
    String defaultBranch,
    String storageName,
    Instant createdAt) {

  /** Where the Git server finds the repository. */
  public RepositoryCoordinates repository() {
    return RepositoryCoordinates.ofProject(id, fullPath, storageName);
  }

  /** Names from the root down, joined by " / ". */
  public String nameWithNamespace() {
    return namespace.fullName() + " / " + name;
  }

  /** The groups it stands in, the nearest first; none for a project of one user. */
  public List<Long> groupIds() {
    return namespace.isGroup() ? namespace.traversalIds().reversed() : List.of();
  }
}
