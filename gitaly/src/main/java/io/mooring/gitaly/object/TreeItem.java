package io.mooring.gitaly.object;

import com.google.protobuf.ByteString;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;

/**
 * An entry of a tree.
 *
 * @param path from the root of the repository, as Git stores it: bytes without a charset
 * @param mode as Git stores it, such as 0100644
 * @param id the object
 */
public record TreeItem(ByteString path, int mode, ObjectId id) {
  /** Whether it is a directory. */
  public boolean isTree() {
    return FileMode.TREE.equals(mode);
  }

  /** Whether it is a submodule: a commit of another repository. */
  public boolean isSubmodule() {
    return FileMode.GITLINK.equals(mode);
  }

  /** Whether it is a file or a symbolic link. */
  public boolean isBlob() {
    return !isTree() && !isSubmodule();
  }
}
