package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.mooring.kas.tunnel.FoundTunnel;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a tunnel of an agent: here first, then at other replicas, more and more of them at the
 * same time (tunnel.md 5.2). Lives in one synchronization context and never blocks.
 */
final class Search {
  /** A search ends after this, found or not. */
  static final Duration LIMIT = Duration.ofSeconds(20);

  /** Without a result for so long, another replica is asked, too. */
  static final Duration NEXT_AFTER = Duration.ofMillis(10);

  private final Routing routing;
  private final SynchronizationContext events;
  private final long agentId;
  private final String method;
  private final Metadata headers;
  private final Result result;
  private final Map<String, Attempt> attempts = new LinkedHashMap<>();
  private List<String> urls = List.of();
  private Instant began = Instant.MIN;
  private @Nullable Future<?> limit;
  private @Nullable Future<?> next;
  private ReplicaLists.@Nullable Subscription polling;
  private boolean needsAnother;
  private boolean over;

  /** Is told the outcome, once. */
  interface Result {
    /** A tunnel is reserved for the caller; the call is not started yet. */
    void found(ClientCall<ByteString, ByteString> carrier);

    /** There is none. */
    void failed(Status status);
  }

  /**
   * A search that has not begun.
   *
   * @param headers of the RPC
   */
  Search(
      Routing routing,
      SynchronizationContext events,
      long agentId,
      String method,
      Metadata headers,
      Result result) {
    this.routing = routing;
    this.events = events;
    this.agentId = agentId;
    this.method = method;
    this.headers = headers;
    this.result = result;
  }

  Routing.Parts parts() {
    return routing.parts();
  }

  SynchronizationContext events() {
    return events;
  }

  long agentId() {
    return agentId;
  }

  String method() {
    return method;
  }

  /** The metadata for another replica: that of the RPC, with our credentials instead of its. */
  Metadata headersForPeer() {
    Metadata forPeer = new Metadata();
    forPeer.merge(headers);
    Metadata.Key<String> authorization =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    forPeer.discardAll(authorization);
    forPeer.put(authorization, "Bearer " + parts().jwt().token());
    return forPeer;
  }

  /** Begins. */
  void start() {
    began = parts().clock().instant();
    Optional<FoundTunnel> here = parts().registry().acquire(agentId, method);
    if (here.isPresent()) {
      over = true;
      observe("success");
      result.found(here.get().call(method));
      return;
    }
    limit = after(LIMIT, this::timedOut);
    urls = parts().lists().cached(agentId);
    begin(new LocalAttempt(this));
  }

  private Future<?> after(Duration delay, Runnable action) {
    return parts()
        .timer()
        .schedule(() -> events.execute(action), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void begin(Attempt attempt) {
    needsAnother = false;
    attempts.put(attempt.url, attempt);
    cancel(next);
    next = after(NEXT_AFTER, this::askAnother);
    attempt.ask();
  }

  /** A replica has no tunnel now. */
  void noTunnel() {
    askAnother();
  }

  private void askAnother() {
    if (over || askUntried()) {
      return;
    }
    cancel(next);
    needsAnother = true;
    if (polling == null) {
      polling = parts().lists().subscribe(agentId, found -> events.execute(() -> listed(found)));
    }
  }

  private boolean askUntried() {
    for (String url : urls) {
      Optional<PeerAddress> address =
          attempts.containsKey(url) ? Optional.empty() : routing.peer(url);
      if (address.isPresent()) {
        begin(new RemoteAttempt(this, url, address.get()));
        return true;
      }
    }
    return false;
  }

  private void listed(List<String> found) {
    if (!over) {
      urls = found;
      if (needsAnother) {
        askUntried();
      }
    }
  }

  /** Whether a replica that did not help is asked again. */
  boolean isWorthwhile(Attempt attempt) {
    return !over && (attempt instanceof LocalAttempt || urls.contains(attempt.url));
  }

  /** A replica is not asked again. */
  void abandoned(Attempt attempt) {
    attempts.remove(attempt.url, attempt);
  }

  /** A replica has a tunnel; the first one wins. */
  void ready(Attempt winner) {
    if (over) {
      winner.withdraw();
      return;
    }
    finish();
    observe("success");
    result.found(winner.carrier());
  }

  private void timedOut() {
    if (!over) {
      finish();
      parts().timeouts().inc();
      result.failed(
          Status.DEADLINE_EXCEEDED.withDescription(
              "Agent connection not found. Is agent up to date and connected?"));
    }
  }

  /** The caller does not want it any more; it is told nothing. */
  void abort() {
    if (!over) {
      finish();
      observe("aborted");
    }
  }

  private void finish() {
    over = true;
    cancel(limit);
    cancel(next);
    if (polling != null) {
      polling.close();
    }
    // Those that are over already are the winner and those that were given up.
    attempts.values().forEach(Attempt::abandon);
  }

  private void observe(String status) {
    Duration taken = Duration.between(began, parts().clock().instant());
    parts().durations().labelValues(status).observe(taken.toNanos() / 1e9);
  }

  private static void cancel(@Nullable Future<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }
}
