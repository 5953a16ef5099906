package io.mooring.gitaly.smarthttp;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mooring.gitaly.call.Responses;
import java.io.OutputStream;
import java.util.function.Function;

/**
 * What git writes, cut into messages. Writing waits for the client: when it reads slowly, git works
 * slowly. Belongs to one thread.
 */
// hot: carries every byte of a clone; one array per message and no copy besides filling it.
final class ResponseBytes<T> extends OutputStream {
  /** A side-band packet of git is one message. */
  private static final int PIECE = 64 * 1024;

  private final Responses<T> responses;
  private final Function<ByteString, T> message;
  private byte[] piece = new byte[PIECE];
  private int filled;

  ResponseBytes(Responses<T> responses, Function<ByteString, T> message) {
    this.responses = responses;
    this.message = message;
  }

  @Override
  public void write(int b) {
    piece[filled++] = (byte) b;
    if (filled == piece.length) {
      flush();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, piece.length - filled);
      System.arraycopy(bytes, from, piece, filled, part);
      filled += part;
      from += part;
      left -= part;
      if (filled == piece.length) {
        flush();
      }
    }
  }

  @Override
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void flush() {
    if (filled == piece.length) {
      byte[] full = piece;
      piece = new byte[PIECE];
      filled = 0;
      responses.send(message.apply(UnsafeByteOperations.unsafeWrap(full)));
    } else if (filled > 0) {
      ByteString part = ByteString.copyFrom(piece, 0, filled);
      filled = 0;
      responses.send(message.apply(part));
    }
  }
}
