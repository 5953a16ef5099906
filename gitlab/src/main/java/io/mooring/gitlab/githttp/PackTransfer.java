package io.mooring.gitlab.githttp;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Carries one git conversation between an HTTP request and a call to the Git server. Nothing is
 * read from one side that the other has not room for, so that memory does not grow with the pack.
 */
final class PackTransfer<Q, S> {
  /** Pieces of a request: gRPC messages of this size fill a window without crowding it. */
  private static final int PIECE_BYTES = 64 * 1024;

  /**
   * Neither side may be silent for longer: counting the objects of a large repository takes
   * minutes.
   */
  private static final Duration SILENCE = Duration.ofMinutes(15);

  private final BlockingClientCall<Q, S> call;
  private final Function<ByteString, Q> wrap;
  private final Function<S, ByteString> unwrap;

  PackTransfer(
      BlockingClientCall<Q, S> call, Function<ByteString, Q> wrap, Function<S, ByteString> unwrap) {
    this.call = call;
    this.wrap = wrap;
    this.unwrap = unwrap;
  }

  /** Runs the conversation to its end; on the caller's thread, and one more for the request. */
  void run(Q first, InputStream in, OutputStream out)
      throws IOException, StatusException, InterruptedException {
    Thread sender = Thread.ofVirtual().name("git-request").start(() -> send(first, in));
    boolean done = false;
    try {
      S message = read();
      while (message != null) {
        unwrap.apply(message).writeTo(out);
        message = read();
      }
      done = true;
    } finally {
      if (!done) {
        call.cancel("the transfer ended early", null);
      }
      // The request may not be read by anybody once this returns.
      if (!sender.join(SILENCE)) {
        sender.interrupt();
      }
    }
  }

  @SuppressWarnings("NullAway") // The library answers null at the end of the stream.
  private S read() throws StatusException, InterruptedException {
    try {
      return call.read(SILENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw Status.DEADLINE_EXCEEDED
          .withDescription("the Git server was silent for " + SILENCE)
          .withCause(e)
          .asException();
    }
  }

  private void send(Q first, InputStream in) {
    byte[] buffer = new byte[PIECE_BYTES];
    try {
      boolean taken = write(first);
      int count = in.read(buffer);
      while (taken && count >= 0) {
        taken = write(wrap.apply(ByteString.copyFrom(buffer, 0, count)));
        count = taken ? in.read(buffer) : -1;
      }
      call.halfClose();
    } catch (StatusException e) {
      // The reader meets the same end of the call and tells of it.
      call.cancel("the Git server ended the call", e);
    } catch (IOException | TimeoutException e) {
      call.cancel("git ended the request early", e);
    } catch (InterruptedException e) {
      call.cancel("the transfer was interrupted", e);
      Thread.currentThread().interrupt();
    }
  }

  private boolean write(Q message) throws InterruptedException, TimeoutException, StatusException {
    return call.write(message, SILENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
