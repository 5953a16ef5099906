package io.mooring.kas.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The age of one RPC. A timer is set only when somebody waits for it, so short RPCs cost nothing.
 * Guarded by its lock; actions run outside of it.
 */
final class RpcAge implements AgeContext {
  private final RpcAges ages;
  private final long deadlineNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Runnable> actions = new ArrayList<>();
  private @Nullable Future<?> timer;
  private boolean fired;

  /**
   * An age that fires at this reading of {@code System.nanoTime()}.
   *
   * @param ages the timer and the shutdown of the server
   */
  RpcAge(RpcAges ages, long deadlineNanos) {
    this.ages = ages;
    this.deadlineNanos = deadlineNanos;
  }

  @Override
  public boolean expired() {
    lock.lock();
    try {
      return fired || ages.stopping() || ages.nanoTime() - deadlineNanos >= 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Registration onExpire(Runnable action) {
    boolean now;
    lock.lock();
    try {
      now = fired;
      if (!now) {
        actions.add(action);
        if (timer == null) {
          timer = ages.schedule(this, deadlineNanos);
        }
      }
    } finally {
      lock.unlock();
    }
    if (now) {
      action.run();
    }
    return () -> forget(action);
  }

  @Override
  public Registration onShutdown(Runnable action) {
    return ages.onStop(action);
  }

  /** Runs what waits. */
  void fire() {
    List<Runnable> waiting;
    lock.lock();
    try {
      fired = true;
      waiting = List.copyOf(actions);
      actions.clear();
    } finally {
      lock.unlock();
    }
    waiting.forEach(Runnable::run);
  }

  private void forget(Runnable action) {
    lock.lock();
    try {
      actions.remove(action);
      if (actions.isEmpty() && timer != null) {
        timer.cancel(false);
        timer = null;
        ages.forget(this);
      }
    } finally {
      lock.unlock();
    }
  }
}
