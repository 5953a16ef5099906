package io.mooring.kas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** What was started, to be ended in the opposite order. Used by one thread. */
final class Lifetimes implements AutoCloseable {
  private final Deque<Runnable> endings = new ArrayDeque<>();

  /** Remembers how to end something. */
  <T> T add(T part, Consumer<T> ending) {
    endings.push(() -> ending.accept(part));
    return part;
  }

  @Override
  public void close() {
    while (!endings.isEmpty()) {
      endings.pop().run();
    }
  }
}
