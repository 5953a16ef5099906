package io.mooring.gitaly.storage;

import java.nio.file.Path;

/**
 * A folder that holds repositories.
 *
 * @param name how the protocol calls it
 * @param root real, absolute path of the folder
 */
public record Storage(String name, Path root) {
  /** What the server keeps for itself below the root; no repository may lie there. */
  static final String OWN_FOLDER = "+gitaly";

  /**
   * Folder of the server itself, for what is being made or removed; on the same file system as the
   * repositories.
   */
  public Path ownFolder() {
    return root.resolve(OWN_FOLDER);
  }
}
