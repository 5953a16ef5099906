package io.mooring.kas.flux;

import io.grpc.Context;
import io.mooring.kas.rpc.AgeContext;
import io.mooring.wire.event.Project;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pushes on their way to one agent. Filled by any thread, emptied by the thread of the RPC, which
 * makes it.
 */
final class PushQueue implements AutoCloseable {
  /** An agent that is further behind than this is told less (modules.md 2.1). */
  static final int LIMIT = 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Project> pushes = new ArrayDeque<>(LIMIT);
  private final Context context = Context.current();
  private final Context.CancellationListener onCancel = cancelled -> end();
  private final AgeContext.Registration onShutdown;
  private boolean ended;

  /** Ends when the client of this thread's RPC leaves or kas shuts down, not with age. */
  PushQueue() {
    context.addListener(onCancel, Runnable::run);
    onShutdown = AgeContext.current().onShutdown(this::end);
  }

  /** Whether there was room. */
  boolean offer(Project project) {
    lock.lock();
    try {
      if (pushes.size() == LIMIT) {
        return false;
      }
      pushes.add(project);
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The next push; empty when there is nobody to tell of it any more. */
  Optional<Project> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      // Bounded by the life of the connection: its end cancels the context.
      while (pushes.isEmpty() && !ended) {
        changed.await();
      }
      return ended ? Optional.empty() : Optional.ofNullable(pushes.poll());
    } finally {
      lock.unlock();
    }
  }

  /** Stops watching the RPC. */
  @Override
  public void close() {
    context.removeListener(onCancel);
    onShutdown.close();
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
