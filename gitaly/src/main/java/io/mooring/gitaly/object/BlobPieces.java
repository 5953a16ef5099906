package io.mooring.gitaly.object;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectLoader;

/** Reads a blob in pieces, holding one piece at a time. To be closed. */
public final class BlobPieces implements AutoCloseable {
  /** A piece is a message of its own; byte messages are at most 128 KiB (gitlab-side.md 8.1). */
  public static final int PIECE = 64 * 1024;

  private final InputStream in;
  private long left;

  /**
   * The first bytes of a blob.
   *
   * @param limit most bytes to read; what the blob has more is left out
   */
  public BlobPieces(ObjectLoader blob, long limit) throws IOException {
    left = Math.min(blob.getSize(), limit);
    in = left == 0 ? InputStream.nullInputStream() : blob.openStream();
  }

  /** The next piece, or nothing at the end. */
  public Optional<ByteString> next() throws IOException {
    if (left == 0) {
      return Optional.empty();
    }
    byte[] piece = new byte[(int) Math.min(PIECE, left)];
    int read = in.readNBytes(piece, 0, piece.length);
    if (read < piece.length) {
      throw new EOFException("a blob is shorter than its size says");
    }
    left -= read;
    return Optional.of(UnsafeByteOperations.unsafeWrap(piece));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
