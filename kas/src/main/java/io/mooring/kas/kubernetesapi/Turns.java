package io.mooring.kas.kubernetesapi;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Brings what happens on other threads to the event loop of a connection, in order. What came
 * together is one turn, after which the connection flushes once. Thread-safe.
 */
final class Turns implements Executor {
  private final EventLoop loop;
  private final Runnable afterTurn;

  // As long as the events of one call that were not handled yet, which flow control bounds.
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean planned = new AtomicBoolean();

  Turns(EventLoop loop, Runnable afterTurn) {
    this.loop = loop;
    this.afterTurn = afterTurn;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (planned.compareAndSet(false, true)) {
      try {
        loop.execute(this::run);
      } catch (RejectedExecutionException e) {
        // The loop has ended, and all of its connections with it.
        tasks.clear();
      }
    }
  }

  private void run() {
    planned.set(false);
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    afterTurn.run();
  }
}
