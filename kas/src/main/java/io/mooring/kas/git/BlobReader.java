package io.mooring.kas.git;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mooring.kas.git.GitalyException.Code;
import io.mooring.wire.gitaly.TreeEntryResponse;

/**
 * Puts the answers of TreeEntry together and makes sure that the file is whole. Owned by one
 * thread.
 */
final class BlobReader {
  private static final String RPC = "TreeEntry";

  private final String path;
  private final long maxSize;
  private ByteString content = ByteString.EMPTY;
  private String objectId = "";
  private long size;
  private boolean started;

  BlobReader(String path, long maxSize) {
    this.path = path;
    this.maxSize = maxSize;
  }

  /** Takes an answer; there is always room for one more. */
  boolean take(TreeEntryResponse answer) throws GitalyException {
    if (!started) {
      // Only the first answer tells type and size.
      if (answer.getType() != TreeEntryResponse.ObjectType.BLOB) {
        throw new GitalyException(Code.UNEXPECTED_TREE_ENTRY_TYPE, RPC, path, null);
      }
      objectId = answer.getOid();
      size = answer.getSize();
      started = true;
    }
    content = content.concat(answer.getData());
    if (Math.max(size, content.size()) > maxSize) {
      throw new GitalyException(
          Code.FILE_TOO_BIG, RPC, path, tooBig(Math.max(size, content.size()), maxSize), null);
    }
    return true;
  }

  /** The file, once the stream ended well. */
  Blob blob() throws GitalyException {
    if (content.size() != size) {
      throw new GitalyException(
          Code.PROTOCOL_ERROR,
          RPC,
          path,
          content.size() + " bytes came (expected: " + size + ")",
          null);
    }
    // One array instead of a rope of chunks: it is kept and cut again.
    return new Blob(objectId, UnsafeByteOperations.unsafeWrap(content.toByteArray()));
  }

  /** Why a file is refused, in the words of Gitaly. */
  static String tooBig(long size, long maxSize) {
    return "object size (" + size + ") is bigger than the maximum allowed size (" + maxSize + ")";
  }
}
