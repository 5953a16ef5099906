package io.mooring.testkit.leaks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What the JVM held at one moment, to be compared with later ones. */
public final class Leaks {
  /**
   * Far longer than the second that gRPC and Netty take to let go of an idle thread, for machines
   * that have other things to do.
   */
  private static final Duration BOUND = Duration.ofSeconds(30);

  /** The JDK keeps a small direct buffer for each thread that read or wrote a channel. */
  private static final long THREAD_CACHES = 1 << 20;

  private static final Duration POLL = Duration.ofMillis(50);

  private final JvmResources before;
  private final List<String> allowedThreads;
  private final Duration bound;

  private Leaks(JvmResources before, List<String> allowedThreads, Duration bound) {
    this.before = before;
    this.allowedThreads = List.copyOf(allowedThreads);
    this.bound = bound;
  }

  /**
   * Looks at the JVM now.
   *
   * @param allowedThreads beginnings of the names of threads that may stay
   */
  public static Leaks watch(List<String> allowedThreads) {
    return watch(allowedThreads, BOUND);
  }

  static Leaks watch(List<String> allowedThreads, Duration bound) {
    // Else dead buffers of an earlier test would hide as many of this one.
    System.gc();
    return new Leaks(JvmResources.now(), allowedThreads, bound);
  }

  /**
   * Waits until nothing is held that was not held before.
   *
   * @throws AssertionError naming what is left after half a minute
   */
  public void assertNone() {
    long deadline = System.nanoTime() + bound.toNanos();
    List<String> left = left();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
      left = left();
    }
    if (!left.isEmpty()) {
      throw new AssertionError("left after the test:\n  " + String.join("\n  ", left));
    }
  }

  private List<String> left() {
    JvmResources now = JvmResources.now();
    var left = new ArrayList<String>();
    now.threads().stream()
        .filter(thread -> !before.threads().contains(thread))
        .filter(thread -> allowedThreads.stream().noneMatch(thread.name()::startsWith))
        .forEach(thread -> left.add("thread " + thread.name() + " (" + thread.id() + ")"));
    now.descriptors().stream()
        .filter(descriptor -> !before.descriptors().contains(descriptor))
        .forEach(descriptor -> left.add("descriptor " + descriptor));
    if (now.directMemory() > before.directMemory() + THREAD_CACHES) {
      left.add(
          "%d bytes in direct buffers (before: %d)"
              .formatted(now.directMemory(), before.directMemory()));
    }
    if (!left.isEmpty()) {
      // Buffers, and the sockets of the JDK's HTTP client, that nobody holds any more are given
      // back by the collector alone.
      System.gc();
    }
    return left;
  }
}
