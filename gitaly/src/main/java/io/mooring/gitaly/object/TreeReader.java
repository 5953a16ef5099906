package io.mooring.gitaly.object;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Reads trees by raw path, so that names in any charset work. Symbolic links are never followed: a
 * path that goes through one is not there. Holds the directories on the way down, never a whole
 * tree.
 */
public final class TreeReader {
  private static final ByteString SLASH = ByteString.copyFromUtf8("/");

  private final ObjectReader reader;

  /** Reads by this reader, which the caller closes. */
  public TreeReader(ObjectReader reader) {
    this.reader = reader;
  }

  /** Takes entries. */
  @FunctionalInterface
  public interface Visitor {
    /** Takes the next entry; false ends the reading. */
    boolean visit(TreeItem item) throws IOException;
  }

  /**
   * The entry at a path below a tree.
   *
   * @param path names with single slashes between them; the empty path, {@code .} and {@code ..}
   *     name nothing
   */
  public Optional<TreeItem> find(ObjectId tree, ByteString path) throws IOException {
    ObjectId directory = tree;
    List<ByteString> names = split(path);
    for (int i = 0; i < names.size(); i++) {
      var entries = new CanonicalTreeParser(null, reader, directory);
      if (names.get(i).isEmpty() || !seek(entries, names.get(i).toByteArray())) {
        return Optional.empty();
      }
      int mode = entries.getEntryRawMode();
      if (i == names.size() - 1) {
        return Optional.of(new TreeItem(path, mode, entries.getEntryObjectId()));
      }
      if (!FileMode.TREE.equals(mode)) {
        return Optional.empty();
      }
      directory = entries.getEntryObjectId();
    }
    return Optional.empty();
  }

  /**
   * Every entry of a directory, in Git's order.
   *
   * @param path of the directory, put in front of each name; empty for the root
   * @param recursive depth first, a directory before what is in it
   * @return whether the visitor wanted everything
   */
  public boolean list(ObjectId directory, ByteString path, boolean recursive, Visitor visitor)
      throws IOException {
    var open = new ArrayDeque<Directory>();
    open.push(new Directory(directory, path));
    while (!open.isEmpty()) {
      Optional<TreeItem> item = open.getFirst().next();
      if (item.isEmpty()) {
        open.pop();
        continue;
      }
      if (!visitor.visit(item.get())) {
        return false;
      }
      if (recursive && item.get().isTree()) {
        open.push(new Directory(item.get().id(), item.get().path()));
      }
    }
    return true;
  }

  /**
   * The path of the first directory below this one that is not alone, this one's own included.
   *
   * @param limit most levels to go down
   */
  public ByteString flatPath(TreeItem directory, int limit) throws IOException {
    TreeItem at = directory;
    for (int level = 0; level < limit; level++) {
      var children = new Directory(at.id(), at.path());
      Optional<TreeItem> only = children.next();
      if (only.isEmpty() || !only.get().isTree() || children.next().isPresent()) {
        break;
      }
      at = only.get();
    }
    return at.path();
  }

  // JGit's own search takes a directory for a file of that name plus a slash and misses it.
  private static boolean seek(CanonicalTreeParser entries, byte[] name) throws IOException {
    for (; !entries.eof(); entries.next(1)) {
      int start = entries.getNameOffset();
      int end = start + entries.getNameLength();
      if (Arrays.equals(entries.getEntryPathBuffer(), start, end, name, 0, name.length)) {
        return true;
      }
    }
    return false;
  }

  private static List<ByteString> split(ByteString path) {
    var names = new ArrayList<ByteString>();
    int start = 0;
    for (int i = 0; i <= path.size(); i++) {
      if (i == path.size() || path.byteAt(i) == '/') {
        names.add(path.substring(start, i));
        start = i + 1;
      }
    }
    return names;
  }

  private final class Directory {
    private final ByteString prefix;
    private final CanonicalTreeParser entries;
    private boolean begun;

    Directory(ObjectId tree, ByteString path) throws IOException {
      prefix = path.isEmpty() ? ByteString.EMPTY : path.concat(SLASH);
      entries = new CanonicalTreeParser(null, reader, tree);
    }

    Optional<TreeItem> next() throws IOException {
      if (begun && !entries.eof()) {
        entries.next(1);
      }
      begun = true;
      if (entries.eof()) {
        return Optional.empty();
      }
      ByteString name =
          ByteString.copyFrom(
              entries.getEntryPathBuffer(), entries.getNameOffset(), entries.getNameLength());
      ByteString path = prefix.isEmpty() ? name : ByteString.copyFrom(List.of(prefix, name));
      return Optional.of(new TreeItem(path, entries.getEntryRawMode(), entries.getEntryObjectId()));
    }
  }
}
