package io.mooring.kas.git;

import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;

/**
 * A repository and the way to it, as GitLab hands them out.
 *
 * @param server address, token and feature flags of the Gitaly server
 * @param entity the repository on it
 */
public record Repository(GitalyInfo server, GitalyRepository entity) {

  /** The message that names it in Gitaly's RPCs: copied field by field (gitlab-api.md 6.1). */
  io.mooring.wire.gitaly.Repository message() {
    return io.mooring.wire.gitaly.Repository.newBuilder()
        .setStorageName(entity.getStorageName())
        .setRelativePath(entity.getRelativePath())
        .setGitObjectDirectory(entity.getGitObjectDirectory())
        .addAllGitAlternateObjectDirectories(entity.getGitAlternateObjectDirectoriesList())
        .setGlRepository(entity.getGlRepository())
        .setGlProjectPath(entity.getGlProjectPath())
        .build();
  }

  /**
   * What tells it from others in a cache; a repository that moved to another server or storage is
   * another.
   */
  Place place() {
    return new Place(server.getAddress(), entity);
  }

  /**
   * Where a repository is, without the credentials.
   *
   * @param address of the server
   * @param entity the repository on it
   */
  record Place(String address, GitalyRepository entity) {}

  /** Leaves out the credentials. */
  @Override
  public String toString() {
    return "Repository[" + entity.getGlProjectPath() + " at " + server.getAddress() + "]";
  }
}
