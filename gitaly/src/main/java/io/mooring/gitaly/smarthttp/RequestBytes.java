package io.mooring.gitaly.smarthttp;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.call.Requests;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the client sends, as git reads it. The next message is asked for when the one before was
 * read. One thread.
 */
final class RequestBytes<Q> extends InputStream {
  private final Requests<Q> requests;
  private final Function<Q, ByteString> data;
  private ByteBuffer current = ByteBuffer.allocate(0);
  private boolean ended;

  RequestBytes(Requests<Q> requests, Function<Q, ByteString> data) {
    this.requests = requests;
    this.data = data;
  }

  @Override
  public int read() {
    return fill() ? current.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int part = Math.min(length, current.remaining());
    current.get(target, offset, part);
    return part;
  }

  @Override
  public int available() {
    return current.remaining();
  }

  /** Whether there is a byte to read, waiting for one. */
  private boolean fill() {
    while (!ended && !current.hasRemaining()) {
      Optional<Q> next = requests.take();
      if (next.isEmpty()) {
        ended = true;
      } else {
        current = data.apply(next.get()).asReadOnlyByteBuffer();
      }
    }
    return !ended;
  }
}
