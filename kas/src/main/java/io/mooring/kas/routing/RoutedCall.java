package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.SynchronizationContext;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An RPC to an agent, from its start to its end: first a tunnel is searched, then everything goes
 * through it. Lives in a synchronization context of its own. hot: every message passes here.
 */
final class RoutedCall extends ClientCall<ByteString, ByteString> {
  /**
   * What may be sent before a tunnel was found: one message of the largest size. Who sends more has
   * to wait for {@code onReady}.
   */
  static final int MAX_WAITING_BYTES = 4 * 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(RoutedCall.class);

  private final SynchronizationContext events =
      new SynchronizationContext((thread, failure) -> failed(failure));
  private final Routing routing;
  private final String method;
  private final Optional<Deadline> deadline;
  private final Queue<ByteString> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private int wanted;
  private boolean halfClosed;
  private boolean finished;
  private Status early = Status.OK;
  private Metadata headers = new Metadata();
  private @Nullable Listener<ByteString> listener;
  private @Nullable Search search;
  private @Nullable Future<?> alarm;
  private volatile @Nullable ClientCall<ByteString, ByteString> carrier;

  RoutedCall(Routing routing, String method, Optional<Deadline> deadline) {
    this.routing = routing;
    this.method = method;
    this.deadline = deadline;
  }

  @Override
  public void start(Listener<ByteString> caller, Metadata metadata) {
    events.execute(() -> begin(caller, metadata));
  }

  private void begin(Listener<ByteString> caller, Metadata metadata) {
    listener = caller;
    headers = metadata;
    if (finished) {
      caller.onClose(early, new Metadata());
      return;
    }
    try {
      long agentId = RoutedAgent.of(metadata);
      deadline.ifPresent(this::watch);
      search = new Search(routing, events, agentId, method, metadata, new Outcome());
      search.start();
    } catch (StatusException e) {
      end(e.getStatus(), new Metadata());
    }
  }

  private void watch(Deadline end) {
    alarm =
        end.runOnExpiration(
            () -> cancel("deadline exceeded", Status.DEADLINE_EXCEEDED.asException()),
            routing.parts().timer());
  }

  @Override
  public void request(int count) {
    events.execute(() -> {
      ClientCall<ByteString, ByteString> open = carrier;
      if (open != null) {
        open.request(count);
      } else {
        wanted = Math.max(wanted, wanted + count);
      }
    });
  }

  @Override
  public void sendMessage(ByteString message) {
    events.execute(() -> {
      ClientCall<ByteString, ByteString> open = carrier;
      if (finished) {
        return;
      }
      if (open != null) {
        open.sendMessage(message);
        return;
      }
      waitingBytes += message.size();
      if (waitingBytes > MAX_WAITING_BYTES) {
        abort(
            Status.RESOURCE_EXHAUSTED.withDescription(
                waitingBytes
                    + " bytes were sent before the agent was found (expected: at most "
                    + MAX_WAITING_BYTES
                    + ", then waiting until the call is ready)"));
      } else {
        waiting.add(message);
      }
    });
  }

  @Override
  public void halfClose() {
    events.execute(() -> {
      halfClosed = true;
      ClientCall<ByteString, ByteString> open = carrier;
      if (open != null) {
        open.halfClose();
      }
    });
  }

  @Override
  public boolean isReady() {
    ClientCall<ByteString, ByteString> open = carrier;
    return open != null && open.isReady();
  }

  @Override
  public void cancel(@Nullable String text, @Nullable Throwable cause) {
    events.execute(() -> {
      ClientCall<ByteString, ByteString> open = carrier;
      Status reason =
          cause instanceof StatusException status ? status.getStatus() : Status.CANCELLED;
      if (finished) {
        return;
      }
      if (open != null) {
        open.cancel(text, cause);
        end(reason.withDescription(text), new Metadata());
      } else {
        abort(reason.withDescription("RouteToKasStreamHandler request aborted: " + text));
      }
    });
  }

  private void abort(Status status) {
    if (search != null) {
      search.abort();
    }
    if (listener == null) {
      early = status;
      finished = true;
    } else {
      end(status, new Metadata());
    }
  }

  private void end(Status status, Metadata trailers) {
    if (finished) {
      return;
    }
    finished = true;
    waiting.clear();
    if (alarm != null) {
      alarm.cancel(false);
    }
    if (listener != null) {
      listener.onClose(status, trailers);
    }
  }

  private void failed(Throwable failure) {
    log.atError().setCause(failure).addKeyValue("grpc_method", method).log("Routing failed");
    Status status = Status.INTERNAL.withDescription("unexpected error, see the log of kas");
    ClientCall<ByteString, ByteString> open = carrier;
    if (open != null) {
      open.cancel(status.getDescription(), failure);
      end(status, new Metadata());
    } else {
      abort(status);
    }
  }

  private final class Outcome implements Search.Result {
    @Override
    public void found(ClientCall<ByteString, ByteString> found) {
      if (finished) {
        found.start(new Listener<>() {}, headers);
        found.cancel("nobody waits any more", null);
        return;
      }
      carrier = found;
      found.start(new FromAgent(), headers);
      if (wanted > 0) {
        found.request(wanted);
      }
      waiting.forEach(found::sendMessage);
      waiting.clear();
      if (halfClosed) {
        found.halfClose();
      }
    }

    @Override
    public void failed(Status status) {
      end(status, new Metadata());
    }
  }

  private final class FromAgent extends Listener<ByteString> {
    @Override
    public void onHeaders(Metadata metadata) {
      toCaller(caller -> caller.onHeaders(metadata));
    }

    @Override
    public void onMessage(ByteString message) {
      toCaller(caller -> caller.onMessage(message));
    }

    @Override
    public void onReady() {
      toCaller(Listener::onReady);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      events.execute(() -> end(status, trailers));
    }

    private void toCaller(Consumer<Listener<ByteString>> event) {
      events.execute(() -> {
        Listener<ByteString> caller = listener;
        if (!finished && caller != null) {
          event.accept(caller);
        }
      });
    }
  }
}
