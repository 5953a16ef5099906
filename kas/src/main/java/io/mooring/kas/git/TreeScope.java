package io.mooring.kas.git;

/**
 * A part of a tree.
 *
 * @param path of the directory from the root; {@code .} is the root
 * @param recursive whether the directories below belong to it
 */
public record TreeScope(String path, boolean recursive) {
  /** The root's path. */
  public static final String ROOT = ".";

  /** Whether a file belongs to this part. */
  boolean contains(String file) {
    int below = 0;
    if (!path.equals(ROOT)) {
      if (!file.startsWith(path)
          || file.length() <= path.length()
          || file.charAt(path.length()) != '/') {
        return false;
      }
      below = path.length() + 1;
    }
    return recursive || file.indexOf('/', below) < 0;
  }
}
