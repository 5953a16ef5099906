package io.mooring.agentk.worker;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Owns virtual threads: closing it ends them. Safe for any thread. */
public final class Workers implements AutoCloseable {
  /**
   * How long a thread may take to end. Every blocking call of the agent ends when it is
   * interrupted.
   */
  private static final Duration STOP_BOUND = Duration.ofSeconds(10);

  private final Set<Worker> running = ConcurrentHashMap.newKeySet();
  private final Consumer<Throwable> crashed;

  /**
   * An owner without threads.
   *
   * @param crashed told of a task that ended with something else than an interrupt: a fault of the
   *     program
   */
  public Workers(Consumer<Throwable> crashed) {
    this.crashed = crashed;
  }

  /** What a thread does; it ends when it is interrupted. */
  @FunctionalInterface
  public interface Task {
    /** Runs to the end. */
    void run() throws InterruptedException;
  }

  /** One thread. */
  public final class Worker implements AutoCloseable {
    private final Thread thread;

    private Worker(String name, Task task) {
      thread =
          Thread.ofVirtual()
              .name(name)
              .uncaughtExceptionHandler((ignored, cause) -> crashed.accept(cause))
              .unstarted(() -> run(task));
    }

    private void run(Task task) {
      try {
        task.run();
      } catch (InterruptedException e) {
        // Asked to end: this is the end.
      } finally {
        running.remove(this);
      }
    }

    /** Asks the thread to end and waits until it has; from the thread itself only the former. */
    @Override
    public void close() {
      thread.interrupt();
      if (Thread.currentThread() != thread) {
        join(thread);
      }
    }
  }

  /** Starts a thread. */
  public Worker start(String name, Task task) {
    var worker = new Worker(name, task);
    running.add(worker);
    worker.thread.start();
    return worker;
  }

  /** Asks all threads to end, then waits for each. */
  @Override
  public void close() {
    running.forEach(worker -> worker.thread.interrupt());
    running.forEach(Worker::close);
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    long end = System.nanoTime() + STOP_BOUND.toNanos();
    while (thread.isAlive() && System.nanoTime() - end < 0) {
      try {
        if (thread.join(Duration.ofNanos(end - System.nanoTime()))) {
          break;
        }
      } catch (InterruptedException e) {
        // Whoever closes wants both: the thread gone, and to know it was interrupted.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
