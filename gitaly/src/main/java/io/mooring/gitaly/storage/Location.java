package io.mooring.gitaly.storage;

import java.nio.file.Path;

/**
 * A checked place for a repository: inside its storage, and not the storage itself. There may be
 * nothing there yet.
 *
 * @param storage the storage
 * @param directory absolute path; no part that exists leads out of the storage
 */
public record Location(Storage storage, Path directory) {
  /** Path below the root of the storage. */
  public String relativePath() {
    return storage.root().relativize(directory).toString();
  }
}
