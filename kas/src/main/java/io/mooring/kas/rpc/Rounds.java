package io.mooring.kas.rpc;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.protocol.backoff.Backoff;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An RPC that looks for news again and again: at once after a notice, else after an interval, and
 * after a growing pause when a look failed. It ends when a look says so, the client left, its
 * deadline passed or the connection got old.
 *
 * <p>A look is blocking code on a virtual thread of its own. Between two looks there is no thread,
 * because its stack would be most of what an idle stream costs, ten thousand times. Guarded by its
 * lock, under which nothing blocks.
 */
public final class Rounds<T> {
  /** What comes after a look. */
  public enum Outcome {
    /** The RPC ends with OK. */
    DONE,
    /** The next look at the next notice, or after the interval. */
    WAIT,
    /** The next look after a back-off, which no notice cuts short. */
    RETRY,
    /** No further look: the RPC stays open until the client leaves or the connection got old. */
    HOLD
  }

  /** What an RPC does in each round. One look at a time, each on another thread. */
  public interface Look extends AutoCloseable {
    /**
     * Looks.
     *
     * @throws StatusException ends the RPC
     * @throws InterruptedException when kas ends before the RPC did
     */
    Outcome run() throws StatusException, InterruptedException;

    /** Called once, after the last look and before the RPC ends. */
    @Override
    void close();
  }

  /** Makes what looks, on the thread of the first look. */
  @FunctionalInterface
  public interface Opening<T> {
    /**
     * Opens.
     *
     * @param stream takes the answers
     * @param notice asks for a look at once; safe for any thread, never blocks
     * @throws StatusException ends the RPC
     */
    Look open(ResponseStream<T> stream, Runnable notice) throws StatusException;
  }

  /**
   * When to look again.
   *
   * @param interval without a notice
   * @param backoff after a look that failed
   */
  public record Pace(Duration interval, Backoff backoff) {}

  private enum State {
    LOOKING,
    WAITING,
    PAUSING,
    HOLDING,
    ENDED
  }

  private final ServerCallStreamObserver<T> call;
  private final ResponseStream<T> stream;
  private final Pace pace;
  private final Opening<T> opening;
  private final Context context = Context.current();
  private final AgeContext age = AgeContext.current();
  private final Context.CancellationListener onCancel = cancelled -> endIfIdle();
  private final ReentrantLock lock = new ReentrantLock();
  private AgeContext.Registration onExpire = () -> {};
  private Optional<Look> look = Optional.empty();
  private State state = State.LOOKING;
  private boolean noticed;
  private @Nullable Future<?> timer;

  private Rounds(StreamObserver<T> responses, Pace pace, Opening<T> opening) {
    this.call = (ServerCallStreamObserver<T>) responses;
    this.stream = ResponseStream.of(call);
    this.pace = pace;
    this.opening = opening;
  }

  /**
   * Answers the RPC of the calling thread, in its gRPC context, by looks. Call it from the method
   * of the service and return.
   *
   * <p>Anything but a status that escapes from a look ends the RPC with {@code UNKNOWN} and is
   * logged.
   */
  public static <T> void serve(StreamObserver<T> responses, Pace pace, Opening<T> opening) {
    new Rounds<>(responses, pace, opening).begin();
  }

  /** For a failed look-up in GitLab: unavailable is worth another round, all else ends the RPC. */
  public static Outcome retryIfUnavailable(StatusException failure) throws StatusException {
    if (failure.getStatus().getCode() == Status.Code.UNAVAILABLE) {
      return Outcome.RETRY;
    }
    throw failure;
  }

  private void begin() {
    context.addListener(onCancel, Runnable::run);
    onExpire = age.onExpire(this::endIfIdle);
    start(this::open);
  }

  private void start(Calls.Work work) {
    Thread.ofVirtual().name("rpc").start(context.wrap(() -> run(work)));
  }

  /** Ends the RPC if the work fails; the work itself ends it when it is done. */
  private void run(Calls.Work work) {
    Status status = Calls.outcome(work);
    if (!status.isOk()) {
      end(status);
    }
  }

  private void open() throws StatusException, InterruptedException {
    look = Optional.of(opening.open(stream, this::notice));
    look();
  }

  private void look() throws StatusException, InterruptedException {
    while (goesOnAfter(look.orElseThrow().run())) {
      // There was a notice meanwhile.
    }
  }

  private boolean goesOnAfter(Outcome outcome) {
    Duration delay =
        switch (outcome) {
          case DONE, HOLD -> Duration.ZERO;
          case WAIT -> pace.interval();
          case RETRY -> pace.backoff().next();
        };
    boolean done;
    lock.lock();
    try {
      done = outcome == Outcome.DONE || isOver();
      if (!done) {
        if (outcome == Outcome.WAIT && noticed) {
          noticed = false;
          return true;
        }
        state =
            switch (outcome) {
              case DONE, WAIT -> State.WAITING;
              case RETRY -> State.PAUSING;
              case HOLD -> State.HOLDING;
            };
        if (outcome != Outcome.HOLD) {
          timer = wakeIn(delay);
        }
      }
    } finally {
      lock.unlock();
    }
    if (done) {
      end(Status.OK);
    }
    return false;
  }

  private boolean isOver() {
    return context.isCancelled() || age.expired();
  }

  private Future<?> wakeIn(Duration delay) {
    return ForkJoinPool.commonPool().schedule(() -> wake(), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void wake() {
    lock.lock();
    try {
      if (state == State.WAITING || state == State.PAUSING) {
        lookAgain();
      }
    } finally {
      lock.unlock();
    }
  }

  private void notice() {
    lock.lock();
    try {
      if (state == State.WAITING) {
        lookAgain();
      } else {
        noticed = true;
      }
    } finally {
      lock.unlock();
    }
  }

  private void lookAgain() {
    forgetTimer();
    noticed = false;
    state = State.LOOKING;
    start(this::look);
  }

  /** A look that runs finishes first, and finds out by itself. */
  private void endIfIdle() {
    lock.lock();
    try {
      if (state == State.LOOKING || state == State.ENDED || !isOver()) {
        return;
      }
      forgetTimer();
      state = State.LOOKING;
      start(() -> end(Status.OK));
    } finally {
      lock.unlock();
    }
  }

  private void forgetTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void end(Status status) {
    lock.lock();
    try {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
    } finally {
      lock.unlock();
    }
    context.removeListener(onCancel);
    onExpire.close();
    Status closing =
        Calls.outcome(() -> {
          look.ifPresent(Look::close);
        });
    Calls.finish(call, status.isOk() ? closing : status);
  }
}
