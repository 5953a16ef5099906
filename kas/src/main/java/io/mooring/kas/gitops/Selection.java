package io.mooring.kas.gitops;

import io.mooring.kas.git.Tree;
import io.mooring.kas.git.TreeFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Chooses files by globs and names under the limits of modules.md 1.3. Owned by one thread. */
final class Selection {
  private final long maxFiles;
  private final List<TreeFile> chosen = new ArrayList<>();
  private final Set<String> paths = new HashSet<>();
  private long visited;

  Selection(long maxFiles) {
    this.maxFiles = maxFiles;
  }

  /**
   * Adds what matches in a listing of the glob's scope. Every file listed counts, matching or not.
   */
  void add(Glob glob, Tree tree) throws SelectionException {
    count(tree.complete() ? tree.files().size() : maxFiles + 1);
    for (TreeFile file : tree.files()) {
      if (!glob.matches(file.path()) || isInHiddenDirectory(file.path())) {
        continue;
      }
      if (!file.utf8()) {
        throw new SelectionException(
            "path is not UTF-8: \"" + file.path() + "\" (expected: a path that text can hold)");
      }
      if (!paths.add(file.path())) {
        throw new SelectionException(
            "path \""
                + file.path()
                + "\" is matched twice, the second time by \""
                + glob.text()
                + "\" (expected: globs that do not overlap)");
      }
      chosen.add(file);
    }
  }

  /** Adds a file by name. */
  void add(TreeFile file) throws SelectionException {
    count(1);
    if (!isInHiddenDirectory(file.path()) && paths.add(file.path())) {
      chosen.add(file);
    }
  }

  /** The files, globs in the order of the request, then names. */
  List<TreeFile> chosen() {
    return chosen;
  }

  /** Files looked at. */
  long visited() {
    return visited;
  }

  private void count(long files) throws SelectionException {
    visited += files;
    if (visited > maxFiles) {
      throw new SelectionException(
          "too many files: more than "
              + maxFiles
              + " (expected: at most agent.gitops.max_number_of_files of kas)");
    }
  }

  static boolean isInHiddenDirectory(String path) {
    return (path.startsWith(".") && path.indexOf('/') > 0) || hasHiddenDirectoryBelow(path);
  }

  private static boolean hasHiddenDirectoryBelow(String path) {
    int name = path.lastIndexOf('/');
    int hidden = path.indexOf("/.");
    return hidden >= 0 && hidden < name;
  }
}
