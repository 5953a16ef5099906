package io.mooring.apply.cycle;

import io.mooring.apply.cluster.Cancellation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Works through many objects, some at a time. */
record Lanes(int count) {

  /** Work on one object. */
  @FunctionalInterface
  interface Work<T> {
    void on(T item) throws InterruptedException;
  }

  /**
   * Works through all items, or up to the moment the work is cancelled; returns when nothing is
   * under way any more.
   */
  <T> void forEach(Collection<T> items, Cancellation cancellation, Work<T> work)
      throws InterruptedException {
    Queue<T> queue = new ConcurrentLinkedQueue<>(items);
    try (ExecutorService lanes = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < Math.min(count, items.size()); i++) {
        running.add(lanes.submit(() -> drain(queue, cancellation, work)));
      }
      for (Future<?> lane : running) {
        await(lane, lanes);
      }
    }
  }

  private static <T> Void drain(Queue<T> queue, Cancellation cancellation, Work<T> work)
      throws InterruptedException {
    for (T item = queue.poll(); item != null && !cancellation.isCancelled(); item = queue.poll()) {
      work.on(item);
    }
    return null;
  }

  private static void await(Future<?> lane, ExecutorService lanes) throws InterruptedException {
    try {
      lane.get();
    } catch (InterruptedException e) {
      lanes.shutdownNow();
      throw e;
    } catch (ExecutionException e) {
      lanes.shutdownNow();
      throw new IllegalStateException("work on an object failed unexpectedly", e.getCause());
    }
  }
}
