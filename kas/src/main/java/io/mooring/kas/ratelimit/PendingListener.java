package io.mooring.kas.ratelimit;

import io.grpc.ServerCall;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to a call that is not decided about yet, and hands over to whoever takes it then, with
 * what happened meanwhile. Nothing was asked of the client, so that is little: that it is ready,
 * has said all, or is gone. Thread-safe.
 */
final class PendingListener<Q> extends ServerCall.Listener<Q> {
  private static final Logger log = LoggerFactory.getLogger(PendingListener.class);

  private final SynchronizationContext events =
      new SynchronizationContext(
          (thread, failure) -> log.atError().setCause(failure).log("An RPC of an agent failed"));
  private final List<Consumer<ServerCall.Listener<Q>>> early = new ArrayList<>();
  private ServerCall.@Nullable Listener<Q> decided;

  /** Hands over to the listener that this makes; it makes it in its turn, and must not fail. */
  void become(Supplier<ServerCall.Listener<Q>> maker) {
    events.execute(() -> {
      ServerCall.Listener<Q> made = maker.get();
      decided = made;
      early.forEach(event -> event.accept(made));
      early.clear();
    });
  }

  private void tell(Consumer<ServerCall.Listener<Q>> event) {
    events.execute(() -> {
      if (decided == null) {
        early.add(event);
      } else {
        event.accept(decided);
      }
    });
  }

  @Override
  public void onMessage(Q message) {
    tell(listener -> listener.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    tell(ServerCall.Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    tell(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    tell(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    tell(ServerCall.Listener::onReady);
  }
}
