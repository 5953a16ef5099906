package io.mooring.agentk;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be undone when the agent stops, last first. Any thread; closing twice does nothing
 * more.
 */
final class ShutdownStack implements AutoCloseable {
  private final Deque<Runnable> steps = new ArrayDeque<>();

  synchronized void add(Runnable step) {
    steps.push(step);
  }

  @Override
  public synchronized void close() {
    RuntimeException failure = null;
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (RuntimeException e) {
        // The other steps must run all the same; the first failure is told at the end.
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
