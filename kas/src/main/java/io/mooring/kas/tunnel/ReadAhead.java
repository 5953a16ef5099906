package io.mooring.kas.tunnel;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to a listener that says how many it takes. One message is read ahead, so
 * that what follows the last message, the end, is seen without a request for more. Used within one
 * synchronization context.
 */
public final class ReadAhead {
  private final ClientCall.Listener<ByteString> listener;
  private final Runnable readNext;
  private int wanted;
  private @Nullable ByteString held;

  /**
   * Holds nothing yet.
   *
   * @param readNext asks the source for its next message
   */
  public ReadAhead(ClientCall.Listener<ByteString> listener, Runnable readNext) {
    this.listener = listener;
    this.readNext = readNext;
  }

  /** The listener takes more. */
  public void request(int count) {
    // Never overflows: who wants everything asks for the largest number at once.
    wanted = Math.max(wanted, wanted + count);
    ByteString message = held;
    if (message != null && wanted > 0) {
      held = null;
      deliver(message);
    }
  }

  /** The source has a message. */
  public void add(ByteString message) {
    if (wanted > 0) {
      deliver(message);
    } else {
      held = message;
    }
  }

  private void deliver(ByteString message) {
    wanted--;
    listener.onMessage(message);
    readNext.run();
  }
}
