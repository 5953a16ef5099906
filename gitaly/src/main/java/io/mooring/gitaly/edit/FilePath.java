package io.mooring.gitaly.edit;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.wire.gitaly.IndexError;
import io.mooring.wire.gitaly.IndexError.ErrorType;
import io.mooring.wire.gitaly.UserCommitFilesError;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.ObjectChecker;

/**
 * Paths that may be written: relative, inside the tree, and harmless where they are checked out.
 */
final class FilePath {
  /**
   * As a checkout on any machine demands it: no .git in any spelling, no name a system gives a
   * meaning.
   */
  private static final ObjectChecker CHECKER = new ObjectChecker().setSafeForMacOS(true);

  private FilePath() {}

  /**
   * The names of a path.
   *
   * @throws GitalyFailure when it may not be written
   */
  static List<ByteString> parse(ByteString path) {
    if (path.isEmpty()) {
      throw failure(Kind.INVALID_ARGUMENT, ErrorType.ERROR_TYPE_EMPTY_PATH, path, "empty path");
    }
    var names = new ArrayList<ByteString>();
    int start = 0;
    for (int i = 0; i <= path.size(); i++) {
      if (i == path.size() || path.byteAt(i) == '/') {
        names.add(path.substring(start, i));
        start = i + 1;
      }
    }
    if (names.contains(ByteString.copyFromUtf8(".."))) {
      throw failure(
          Kind.INVALID_ARGUMENT,
          ErrorType.ERROR_TYPE_DIRECTORY_TRAVERSAL,
          path,
          "Path cannot include directory traversal");
    }
    for (ByteString name : names) {
      try {
        byte[] bytes = name.toByteArray();
        CHECKER.checkPathSegment(bytes, 0, bytes.length);
      } catch (CorruptObjectException e) {
        throw failure(
            Kind.INVALID_ARGUMENT,
            ErrorType.ERROR_TYPE_INVALID_PATH,
            path,
            "invalid path: '" + path.toStringUtf8() + "'");
      }
    }
    return names;
  }

  /** An action that does not fit the files that are there. */
  static GitalyFailure failure(Kind kind, ErrorType type, ByteString path, String message) {
    IndexError error = IndexError.newBuilder().setErrorType(type).setPath(path).build();
    return new GitalyFailure(kind, message)
        .withDetail(UserCommitFilesError.newBuilder().setIndexUpdate(error).build());
  }
}
