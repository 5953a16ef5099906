package io.mooring.gitaly.storage;

import io.mooring.wire.gitaly.Repository;

/**
 * Where a caller says a repository is; not yet checked.
 *
 * @param storageName name of a storage
 * @param relativePath path below its root
 */
public record RepositoryAddress(String storageName, String relativePath) {
  /** The address in a request; both parts are empty when the request names no repository. */
  public static RepositoryAddress of(Repository named) {
    return new RepositoryAddress(named.getStorageName(), named.getRelativePath());
  }
}
