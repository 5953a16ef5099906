package io.mooring.kas.rpc;

import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a polling handler waits on between two rounds: a notice, the poll interval, the age of its
 * connection, or the client's leaving, whichever comes first.
 *
 * <p>Made and awaited by the thread of the handler; {@link #notice()} may come from any thread. At
 * most one notice is pending: those that arrive while a round runs are one reason for one more
 * round.
 */
public final class Wakeup implements AutoCloseable {
  /** Why the wait ended. */
  public enum Reason {
    /** Somebody called {@link #notice()}. */
    NOTICE,
    /** The time is over. */
    TIMEOUT,
    /** The RPC should end with OK now. */
    EXPIRED,
    /** The client went away or its deadline passed: nobody reads an answer. */
    CANCELLED
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Context context = Context.current();
  private final AgeContext age = AgeContext.current();
  private final Context.CancellationListener onCancel = cancelled -> signal(false);
  private final AgeContext.Registration onExpire;
  private boolean noticed;

  /** Watches the age and the cancellation of the RPC that runs on this thread. */
  public Wakeup() {
    context.addListener(onCancel, Runnable::run);
    onExpire = age.onExpire(() -> signal(false));
  }

  /** Ends the current wait, or the next one at once. */
  public void notice() {
    signal(true);
  }

  /**
   * Waits for at most {@code timeout}.
   *
   * @return why it ended; leaving wins over age, age over a notice, a notice over the time
   */
  public Reason await(Duration timeout) throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        if (context.isCancelled()) {
          return Reason.CANCELLED;
        }
        if (age.expired()) {
          return Reason.EXPIRED;
        }
        if (noticed) {
          noticed = false;
          return Reason.NOTICE;
        }
        if (nanos <= 0) {
          return Reason.TIMEOUT;
        }
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops watching. */
  @Override
  public void close() {
    context.removeListener(onCancel);
    onExpire.close();
  }

  private void signal(boolean notice) {
    lock.lock();
    try {
      noticed |= notice;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
