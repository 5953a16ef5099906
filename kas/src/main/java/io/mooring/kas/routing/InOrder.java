package io.mooring.kas.routing;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs tasks one after another on an executor that may have several threads. Thread-safe. */
final class InOrder implements Executor {
  private final Executor executor;

  // As long as a call's events that were not handled yet, which flow control bounds.
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  InOrder(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (running.compareAndSet(false, true)) {
      executor.execute(this::drain);
    }
  }

  private void drain() {
    do {
      try {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
      } finally {
        running.set(false);
      }
      // Something may have come between the last look and the end.
    } while (!tasks.isEmpty() && running.compareAndSet(false, true));
  }
}
