package io.mooring.gitlab.project;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where projects stand: a group, or what belongs to one user.
 *
 * @param id number in the database
 * @param ownerId the user, for a personal namespace
 * @param parentId the group it stands in
 * @param path last part of the address
 * @param fullPath whole address
 * @param name name that is shown
 * @param fullName names from the root down, joined by " / "
 * @param description what its owner wrote about it
 * @param visibility who may know of it
 * @param traversalIds ids from the root down to this one
 * @param createdAt when it was made
 */
public record Namespace(
    long id,
    Optional<Long> ownerId,
    Optional<Long> parentId,
    String path,
    String fullPath,
    String name,
    String fullName,
    String description,
    Visibility visibility,
    List<Long> traversalIds,
    Instant createdAt) {
  public Namespace {
    traversalIds = List.copyOf(traversalIds);
  }

  /** Whether it is a group and not what belongs to one user. */
  public boolean isGroup() {
    return ownerId.isEmpty();
  }

  /** The namespace at the top. */
  public long rootId() {
    return traversalIds.getFirst();
  }
}
