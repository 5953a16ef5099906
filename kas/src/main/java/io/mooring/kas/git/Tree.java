package io.mooring.kas.git;

import io.mooring.wire.gitaly.ChangedPaths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a part of a commit's tree. Immutable.
 *
 * @param scope which part
 * @param files in the order of Git
 * @param complete whether there are no more than listed: a listing ends at the limit of who asked
 */
public record Tree(TreeScope scope, List<TreeFile> files, boolean complete) {
  // A record, two strings with their arrays, and a reference, measured on a 64-bit JVM; the path
  // comes on top.
  private static final int BYTES_PER_FILE = 180;
  private static final int TYPE_MASK = 0170000;
  private static final int REGULAR_FILE = 0100000;
  private static final int SYMBOLIC_LINK = 0120000;

  /** Copies and orders. */
  public Tree {
    files = files.stream().sorted(TreeFile.ORDER).toList();
  }

  /** Whether a later commit's tree can be made from this one and a list of changes. */
  boolean canChange() {
    return complete
        && !files.isEmpty()
        && files.stream().allMatch(file -> file.utf8() && scope.contains(file.path()));
  }

  /**
   * This tree with the changes that lead to another commit.
   *
   * @param commit the other commit
   * @param changes all of them, also outside of the scope
   * @param limit files a complete tree may have
   */
  Tree changed(String commit, List<ChangedPaths> changes, int limit) {
    Map<String, TreeFile> byPath = HashMap.newHashMap(files.size());
    files.forEach(file -> byPath.put(file.path(), file));
    for (ChangedPaths change : changes) {
      if (change.getStatus() == ChangedPaths.Status.RENAMED) {
        byPath.remove(change.getOldPath().toStringUtf8());
      }
    }
    for (ChangedPaths change : changes) {
      String path = change.getPath().toStringUtf8();
      if (!scope.contains(path)) {
        continue;
      }
      if (isFile(change)) {
        byPath.put(path, TreeFile.of(change.getPath(), change.getNewBlobId(), commit));
      } else {
        byPath.remove(path);
      }
    }
    List<TreeFile> changed = new ArrayList<>(byPath.values());
    boolean fits = changed.size() <= limit;
    return new Tree(scope, changed, fits);
  }

  /** Bytes of memory, about. */
  int weight() {
    long weight = 64;
    for (TreeFile file : files) {
      weight += BYTES_PER_FILE + file.path().length();
    }
    return (int) Math.min(weight, Integer.MAX_VALUE);
  }

  private static boolean isFile(ChangedPaths change) {
    int type = change.getNewMode() & TYPE_MASK;
    return change.getStatus() != ChangedPaths.Status.DELETED
        && (type == REGULAR_FILE || type == SYMBOLIC_LINK);
  }
}
