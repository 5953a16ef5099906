package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import java.util.function.Consumer;

/**
 * Messages to all replicas, the sender included. Delivered at most once; lost while nobody listens.
 */
public interface EventChannel {
  /** Name of the channel; it has no prefix. */
  String NAME = "kas_events";

  /** Sends a message to everybody who listens now. */
  void publish(ByteString message) throws StoreException;

  /**
   * Hands every message to the listener, on a thread of the store that must not be held up, until
   * the store is closed. Lost connections are renewed without notice.
   */
  void listen(Consumer<ByteString> listener);
}
