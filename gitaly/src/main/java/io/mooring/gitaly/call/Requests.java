package io.mooring.gitaly.call;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The messages a client sends in one call, taken one at a time: the next one is asked for when the
 * one before was taken, so at most one waits here. Taking belongs to the thread that does the work.
 *
 * @param <Q> message
 */
public final class Requests<Q> {
  /**
   * A client that sends nothing for so long is taken for dead. A push may compress for minutes
   * before it sends.
   */
  static final Duration IDLE_LIMIT = Duration.ofMinutes(10);

  private final ServerCallStreamObserver<?> call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Q> waiting = new ArrayDeque<>(1);
  private boolean ended;
  private boolean broken;

  Requests(ServerCallStreamObserver<?> call) {
    this.call = call;
    call.disableAutoRequest();
  }

  /**
   * The next message, or nothing after the last one.
   *
   * @throws GitalyFailure when the client went away or stopped sending
   */
  public Optional<Q> take() {
    Optional<Q> taken = await();
    if (taken.isPresent()) {
      call.request(1);
    }
    return taken;
  }

  private Optional<Q> await() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !ended) {
        checkBroken();
        if (!changed.await(IDLE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new GitalyFailure(
              Kind.DEADLINE_EXCEEDED,
              "the client sent nothing for " + IDLE_LIMIT.toMinutes() + " minutes");
        }
      }
      checkBroken();
      return Optional.ofNullable(waiting.poll());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitalyFailure(Kind.UNAVAILABLE, "the server is stopping", e);
    } finally {
      lock.unlock();
    }
  }

  private void checkBroken() {
    if (broken) {
      throw new GitalyFailure(Kind.CANCELLED, "the client cancelled the call");
    }
  }

  /** What gRPC calls with each message. */
  StreamObserver<Q> observer() {
    return new StreamObserver<>() {
      @Override
      public void onNext(Q message) {
        change(() -> waiting.add(message));
      }

      @Override
      public void onError(Throwable failure) {
        interrupt();
      }

      @Override
      public void onCompleted() {
        change(() -> ended = true);
      }
    };
  }

  void interrupt() {
    change(() -> broken = true);
  }

  private void change(Runnable step) {
    lock.lock();
    try {
      step.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
