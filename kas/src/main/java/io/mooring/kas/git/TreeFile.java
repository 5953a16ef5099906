package io.mooring.kas.git;

import com.google.protobuf.ByteString;
import java.util.Comparator;

/**
 * A file in a tree: anything Git calls a blob, symbolic links too.
 *
 * @param path from the root; with replacement characters where it is not UTF-8
 * @param identity tells two contents apart: the blob's id, or the commit in which the file was last
 *     seen to change and its path
 * @param utf8 whether the path is UTF-8, as everything that names it needs
 */
public record TreeFile(String path, String identity, boolean utf8) {
  /**
   * The order of Git: by the bytes of the path. For valid text that is the order of its code
   * points.
   */
  static final Comparator<TreeFile> ORDER = (a, b) -> compare(a.path, b.path);

  /**
   * A file as Gitaly tells of it.
   *
   * @param objectId of the blob; empty when Gitaly did not say
   * @param commit in which the file has this content
   */
  static TreeFile of(ByteString path, String objectId, String commit) {
    String text = path.toStringUtf8();
    return new TreeFile(
        text, objectId.isEmpty() ? commit + ":" + text : objectId, path.isValidUtf8());
  }

  /** A file that no listing told of. */
  public static TreeFile named(String path, String commit) {
    return new TreeFile(path, commit + ":" + path, true);
  }

  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        // Surrogates stand for code points above all others.
        return Character.isSurrogate(left) == Character.isSurrogate(right)
            ? Character.compare(left, right)
            : Boolean.compare(Character.isSurrogate(left), Character.isSurrogate(right));
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
