package io.mooring.gitlab.broadcast;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Carries messages to the listeners of a stream, on this replica and on others. Delivered at most
 * once, in the order of one publisher; lost while nobody listens. Thread-safe.
 */
public sealed interface Bus extends AutoCloseable permits MemoryBus, RedisBus {
  /** Hands a JSON document to everybody who listens now. Never waits and never fails. */
  void publish(Stream stream, String json);

  /**
   * Listens to a stream until closed.
   *
   * @param listener gets JSON documents; must not block
   */
  Subscription subscribe(Stream stream, Consumer<String> listener);

  /** Runs whenever messages may have been lost, so that nobody goes on with what is stale. */
  void onGap(Runnable action);

  @Override
  void close();

  /** One listener of one stream. */
  interface Subscription extends AutoCloseable {
    /** Done when every message published from now on arrives. */
    CompletableFuture<Void> live();

    @Override
    void close();
  }
}
