package io.mooring.gitlab.broadcast;

import io.mooring.gitlab.broadcast.Listeners.Listener;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The bus of a single replica. Listeners run on the publisher's thread. */
public final class MemoryBus implements Bus {
  private final Listeners listeners = new Listeners();

  @Override
  public void publish(Stream stream, String json) {
    listeners.deliver(stream, json);
  }

  @Override
  public Subscription subscribe(Stream stream, Consumer<String> receiver) {
    var listener = new Listener(receiver);
    listeners.add(stream, listener);
    return new Subscription() {
      @Override
      public CompletableFuture<Void> live() {
        return CompletableFuture.completedFuture(null);
      }

      @Override
      public void close() {
        listeners.remove(stream, listener);
      }
    };
  }

  @Override
  public void onGap(Runnable action) {
    // Nothing is ever lost on the way.
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
