package io.mooring.gitaly.edit;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.wire.gitaly.IndexError.ErrorType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;

/**
 * Carries out actions on a tree, in their order (gitlab-side.md 8.7, UserCommitFiles). Used by one
 * thread.
 */
final class FileActions {
  private static final ByteString KEEP = ByteString.copyFromUtf8(".gitkeep");

  private final TreeEdit tree;
  private final ObjectInserter inserter;

  FileActions(TreeEdit tree, ObjectInserter inserter) {
    this.tree = tree;
    this.inserter = inserter;
  }

  void apply(FileAction action) throws IOException {
    ByteString path = action.header().getFilePath();
    List<ByteString> names = FilePath.parse(path);
    switch (action.header().getAction()) {
      case CREATE -> create(action, path, names);
      case CREATE_DIR -> createDirectory(path, names);
      case UPDATE -> {
        TreeEdit.Entry before = file(path, names);
        tree.put(names, new TreeEdit.Entry(before.mode(), blob(action)));
      }
      case MOVE -> move(action, path, names);
      case DELETE -> {
        TreeEdit.Entry _ = file(path, names);
        tree.remove(names);
      }
      case CHMOD -> {
        TreeEdit.Entry before = file(path, names);
        if (!isPlain(before)) {
          throw FilePath.failure(
              Kind.INVALID_ARGUMENT,
              ErrorType.ERROR_TYPE_INVALID_PATH,
              path,
              "only a file can be made executable");
        }
        tree.put(names, new TreeEdit.Entry(mode(action), before.id()));
      }
      case UNRECOGNIZED -> throw GitalyFailure.invalid("unknown action");
    }
  }

  private void create(FileAction action, ByteString path, List<ByteString> names)
      throws IOException {
    free(path, names);
    tree.put(names, new TreeEdit.Entry(mode(action), blob(action)));
  }

  private void createDirectory(ByteString path, List<ByteString> names) throws IOException {
    if (tree.find(names).filter(entry -> FileMode.TREE.equals(entry.mode())).isPresent()) {
      throw FilePath.failure(
          Kind.ALREADY_EXISTS,
          ErrorType.ERROR_TYPE_DIRECTORY_EXISTS,
          path,
          "A directory with this name already exists");
    }
    free(path, names);
    var keep = new ArrayList<>(names);
    keep.add(KEEP);
    tree.put(
        keep,
        new TreeEdit.Entry(
            FileMode.REGULAR_FILE.getBits(), inserter.insert(Constants.OBJ_BLOB, new byte[0])));
  }

  private void move(FileAction action, ByteString path, List<ByteString> names) throws IOException {
    ByteString previousPath = action.header().getPreviousPath();
    List<ByteString> previous = FilePath.parse(previousPath);
    TreeEdit.Entry before = file(previousPath, previous);
    free(path, names);
    tree.remove(previous);
    ObjectId content = action.header().getInferContent() ? before.id() : blob(action);
    tree.put(names, new TreeEdit.Entry(before.mode(), content));
  }

  private void free(ByteString path, List<ByteString> names) throws IOException {
    if (tree.find(names).isPresent()) {
      throw FilePath.failure(
          Kind.ALREADY_EXISTS,
          ErrorType.ERROR_TYPE_FILE_EXISTS,
          path,
          "A file with this name already exists");
    }
    if (tree.isBlocked(names)) {
      throw FilePath.failure(
          Kind.ALREADY_EXISTS,
          ErrorType.ERROR_TYPE_FILE_EXISTS,
          path,
          "A file with the name of a directory of the path already exists");
    }
  }

  private TreeEdit.Entry file(ByteString path, List<ByteString> names) throws IOException {
    return tree.find(names)
        .filter(entry -> !FileMode.TREE.equals(entry.mode()))
        .orElseThrow(() ->
            FilePath.failure(
                Kind.NOT_FOUND,
                ErrorType.ERROR_TYPE_FILE_NOT_FOUND,
                path,
                "A file with this name doesn't exist"));
  }

  private ObjectId blob(FileAction action) throws IOException {
    byte[] content = action.content().toByteArray();
    return inserter.insert(Constants.OBJ_BLOB, content);
  }

  private static boolean isPlain(TreeEdit.Entry entry) {
    return FileMode.REGULAR_FILE.equals(entry.mode())
        || FileMode.EXECUTABLE_FILE.equals(entry.mode());
  }

  private static int mode(FileAction action) {
    return (action.header().getExecuteFilemode() ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE)
        .getBits();
  }
}
