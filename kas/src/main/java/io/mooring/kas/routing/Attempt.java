package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One replica that is asked for a tunnel, over and over until it has one or the search is over
 * (tunnel.md 5.2). Lives in the synchronization context of the search.
 */
abstract class Attempt {
  private static final BackoffPolicy PAUSES =
      new BackoffPolicy(
          Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10), 2.0, 1.0);

  final Search search;
  final String url;
  private final Backoff pauses;
  private @Nullable Future<?> retry;
  private boolean saidNoTunnel;
  private boolean over;

  Attempt(Search search, String url) {
    this.search = search;
    this.url = url;
    this.pauses = new Backoff(PAUSES, search.parts().clock(), search.parts().random());
  }

  /** Asks once. */
  abstract void ask();

  /** Withdraws the question, or lets go of the tunnel that was reserved. */
  abstract void withdraw();

  /** The tunnel that was reserved. */
  abstract ClientCall<ByteString, ByteString> carrier();

  /** There is no tunnel at the moment; told once. */
  final void noTunnel() {
    if (!over && !saidNoTunnel) {
      saidNoTunnel = true;
      search.noTunnel();
    }
  }

  /** A tunnel is reserved. */
  final void ready() {
    if (over) {
      withdraw();
    } else {
      over = true;
      search.ready(this);
    }
  }

  /** The question failed. */
  final void failed() {
    askAgain(pauses.next());
  }

  /** The question was answered with neither a tunnel nor a failure. */
  final void ended() {
    askAgain(Duration.ZERO);
  }

  private void askAgain(Duration pause) {
    if (over) {
      return;
    }
    if (!search.isWorthwhile(this)) {
      over = true;
      search.abandoned(this);
    } else if (pause.isZero()) {
      ask();
    } else {
      retry =
          search
              .parts()
              .timer()
              .schedule(
                  () -> search.events().execute(this::retry),
                  pause.toNanos(),
                  TimeUnit.NANOSECONDS);
    }
  }

  private void retry() {
    if (!over) {
      ask();
    }
  }

  /** The search goes on without this one, or is over. */
  final void abandon() {
    if (!over) {
      over = true;
      if (retry != null) {
        retry.cancel(false);
      }
      withdraw();
    }
  }

  final boolean isOver() {
    return over;
  }
}
