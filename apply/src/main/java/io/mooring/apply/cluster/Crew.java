package io.mooring.apply.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads of one engine: they are started here, told to end here, and gone when {@link #end}
 * comes back.
 */
public final class Crew {
  private final Cancellation cancellation = new Cancellation();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** Says that all are to end. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /** Starts a virtual thread. */
  public Thread start(String name, Runnable work) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(() -> {
              try {
                work.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            });
    threads.add(thread);
    thread.start();
    return thread;
  }

  /**
   * Ends all threads.
   *
   * @param limit how long to wait for them altogether
   */
  public void end(Duration limit) throws InterruptedException {
    cancellation.cancel();
    long deadline = System.nanoTime() + limit.toNanos();
    for (Thread thread : Set.copyOf(threads)) {
      thread.interrupt();
    }
    for (Thread thread : Set.copyOf(threads)) {
      thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
  }
}
