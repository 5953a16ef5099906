package io.mooring.gitaly.smarthttp;

import com.google.protobuf.Duration;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.wire.gitaly.LimitError;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many fetches and pushes run at the same time: each holds the ids of the objects it works on
 * in memory. Further ones wait for a while and are then told to come back. Any thread.
 */
public final class Transfers {
  /** Longer, and the HTTP client in front gives up anyway. */
  private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(30);

  private static final int RETRY_SECONDS = 10;

  private final Semaphore places;
  private final int limit;
  private final java.time.Duration patience;

  /** So many at the same time. */
  public Transfers(int limit) {
    this(limit, PATIENCE);
  }

  Transfers(int limit, java.time.Duration patience) {
    this.limit = limit;
    this.patience = patience;
    places = new Semaphore(limit, true);
  }

  /** One running transfer; ends when closed. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits for a place.
   *
   * @throws GitalyFailure {@code RESOURCE_EXHAUSTED} with a {@code LimitError} when there is none
   */
  Place enter() {
    try {
      if (places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return places::release;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitalyFailure(Kind.UNAVAILABLE, "the server is stopping", e);
    }
    String text = "too many fetches and pushes: " + limit + " are running; try again";
    throw new GitalyFailure(Kind.RESOURCE_EXHAUSTED, text)
        .withDetail(
            LimitError.newBuilder()
                .setErrorMessage(text)
                .setRetryAfter(Duration.newBuilder().setSeconds(RETRY_SECONDS))
                .build());
  }

  /** Number of transfers that run. */
  public int running() {
    return limit - places.availablePermits();
  }
}
