package io.mooring.gitaly.diff;

import com.google.protobuf.ByteString;
import io.mooring.wire.gitaly.ChangedPaths;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/**
 * Finds the files that differ between trees.
 *
 * @param before trees of the parents; none means that everything is new
 * @param after tree
 * @param againstAll report only what differs from every parent
 */
record Comparison(List<ObjectId> before, ObjectId after, boolean againstAll) {
  Comparison {
    before = List.copyOf(before);
  }

  /** Hands over each file that differs; directories that are equal are not read. */
  void run(ObjectReader reader, Consumer<ChangedPaths> changes) throws IOException {
    try (var walk = new TreeWalk(reader)) {
      walk.setRecursive(true);
      walk.setFilter(TreeFilter.ANY_DIFF);
      if (before.isEmpty()) {
        walk.addTree(new EmptyTreeIterator());
      }
      for (ObjectId tree : before) {
        walk.addTree(tree);
      }
      walk.addTree(after);
      while (walk.next()) {
        if (!againstAll || differsFromAll(walk)) {
          changes.accept(change(walk));
        }
      }
    }
  }

  private static boolean differsFromAll(TreeWalk walk) {
    int last = walk.getTreeCount() - 1;
    for (int parent = 0; parent < last; parent++) {
      if (walk.getRawMode(parent) == walk.getRawMode(last) && walk.idEqual(parent, last)) {
        return false;
      }
    }
    return true;
  }

  private static ChangedPaths change(TreeWalk walk) {
    int last = walk.getTreeCount() - 1;
    int oldMode = walk.getRawMode(0);
    int newMode = walk.getRawMode(last);
    return ChangedPaths.newBuilder()
        .setPath(ByteString.copyFrom(walk.getRawPath()))
        .setStatus(status(oldMode, newMode))
        .setOldMode(oldMode)
        .setNewMode(newMode)
        .setOldBlobId(walk.getObjectId(0).name())
        .setNewBlobId(walk.getObjectId(last).name())
        .build();
  }

  private static ChangedPaths.Status status(int oldMode, int newMode) {
    if (oldMode == 0) {
      return ChangedPaths.Status.ADDED;
    }
    if (newMode == 0) {
      return ChangedPaths.Status.DELETED;
    }
    boolean sameType = (oldMode & FileMode.TYPE_MASK) == (newMode & FileMode.TYPE_MASK);
    return sameType ? ChangedPaths.Status.MODIFIED : ChangedPaths.Status.TYPE_CHANGE;
  }
}
