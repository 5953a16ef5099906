package io.mooring.gitaly.call;

import io.grpc.stub.ServerCallStreamObserver;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The answers of one call. {@link #send} waits until the client reads, so that a slow reader costs
 * one transport buffer and never the rest of the answer. Sending belongs to the thread that does
 * the work; the wake-ups come from the transport.
 *
 * @param <T> message
 */
public final class Responses<T> {
  /**
   * A client that reads nothing for so long is taken for dead; its connection may well be alive.
   */
  static final Duration STALL_LIMIT = Duration.ofMinutes(10);

  /**
   * What the transport queues for a client before {@link #send} waits: four of our largest
   * messages.
   */
  static final int READY_THRESHOLD = 512 * 1024;

  private final ServerCallStreamObserver<T> call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean cancelled;

  Responses(ServerCallStreamObserver<T> call) {
    this.call = call;
    call.setOnReadyThreshold(READY_THRESHOLD);
    call.setOnReadyHandler(this::wake);
    call.setOnCancelHandler(this::cancel);
  }

  /**
   * Hands a message to the transport, waiting for the client where it must.
   *
   * @throws GitalyFailure when the client went away or stopped reading
   */
  public void send(T message) {
    awaitReady();
    call.onNext(message);
  }

  /** Whether the client went away. */
  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * For long work between two messages.
   *
   * @throws GitalyFailure when the client went away
   */
  public void checkCancelled() {
    if (cancelled) {
      throw new GitalyFailure(Kind.CANCELLED, "the client cancelled the call");
    }
  }

  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void cancel() {
    cancelled = true;
    wake();
  }

  private void awaitReady() {
    lock.lock();
    try {
      while (!call.isReady()) {
        checkCancelled();
        if (!changed.await(STALL_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new GitalyFailure(
              Kind.DEADLINE_EXCEEDED,
              "the client read nothing for " + STALL_LIMIT.toMinutes() + " minutes");
        }
      }
      checkCancelled();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitalyFailure(Kind.UNAVAILABLE, "the server is stopping", e);
    } finally {
      lock.unlock();
    }
  }
}
