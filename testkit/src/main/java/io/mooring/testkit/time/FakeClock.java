package io.mooring.testkit.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Time that stands still until a test advances it. What was scheduled runs, in the order it is due,
 * on the thread that advances, and sees its own due time as now. One lock, not held while anything
 * runs.
 */
public final class FakeClock implements InstantSource {
  private static final Instant DEFAULT_START = Instant.parse("2026-01-02T03:04:05Z");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Wakeup> wakeups =
      new PriorityQueue<>(
          Comparator.comparing((Wakeup wakeup) -> wakeup.due)
              .thenComparingLong(wakeup -> wakeup.order));
  private Instant now;
  private long scheduled;

  /** A clock that shows a fixed instant of 2026. */
  public FakeClock() {
    this(DEFAULT_START);
  }

  /** A clock that shows this instant. */
  public FakeClock(Instant start) {
    this.now = start;
  }

  @Override
  public Instant instant() {
    lock.lock();
    try {
      return now;
    } finally {
      lock.unlock();
    }
  }

  /** Moves time forward and runs all that becomes due on the way, also what that schedules. */
  public void advance(Duration step) {
    if (step.isNegative()) {
      throw new IllegalArgumentException("step " + step + " (expected: not negative)");
    }
    Instant target = instant().plus(step);
    for (var due = takeDue(target); due.isPresent(); due = takeDue(target)) {
      due.get().task.run();
    }
  }

  /** Moves time to the next wake-up and runs what is due then; does nothing when there is none. */
  public void advanceToNext() {
    nextWakeup().ifPresent(due -> advance(Duration.between(instant(), due)));
  }

  /** Runs the task when the clock has been advanced by the delay. */
  public Wakeup schedule(Duration delay, Runnable task) {
    lock.lock();
    try {
      var wakeup = new Wakeup(now.plus(delay), scheduled++, task);
      wakeups.add(wakeup);
      changed.signalAll();
      return wakeup;
    } finally {
      lock.unlock();
    }
  }

  /** Blocks the calling thread until the clock has been advanced by the duration. */
  public void sleep(Duration duration) throws InterruptedException {
    var due = new CountDownLatch(1);
    var wakeup = schedule(duration, due::countDown);
    try {
      due.await();
    } finally {
      wakeup.cancel();
    }
  }

  /** When the next scheduled task is due; empty when none is. */
  public Optional<Instant> nextWakeup() {
    lock.lock();
    try {
      return Optional.ofNullable(wakeups.peek()).map(wakeup -> wakeup.due);
    } finally {
      lock.unlock();
    }
  }

  /** How many tasks and sleepers wait for time to pass. */
  public int waiting() {
    lock.lock();
    try {
      return wakeups.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, in real time, until at least so many tasks and sleepers wait on this clock: only then
   * does advancing it reach them.
   */
  public void awaitWaiting(int count, Duration bound)
      throws InterruptedException, TimeoutException {
    long left = bound.toNanos();
    lock.lock();
    try {
      while (wakeups.size() < count) {
        if (left <= 0) {
          throw new TimeoutException(
              "%d wait on the clock after %s (expected: at least %d)"
                  .formatted(wakeups.size(), bound, count));
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** An executor whose delays pass when this clock is advanced. */
  public ScheduledExecutorService scheduler() {
    return new FakeScheduler(this);
  }

  /** Now, counted from an arbitrary origin, for code that measures with a nano clock. */
  public long nanoTime() {
    return Duration.between(Instant.EPOCH, instant()).toNanos();
  }

  private Optional<Wakeup> takeDue(Instant target) {
    lock.lock();
    try {
      Wakeup next = wakeups.peek();
      if (next == null || next.due.isAfter(target)) {
        now = target.isAfter(now) ? target : now;
        return Optional.empty();
      }
      wakeups.remove(next);
      now = next.due.isAfter(now) ? next.due : now;
      return Optional.of(next);
    } finally {
      lock.unlock();
    }
  }

  /** A task that waits for its time. */
  public final class Wakeup {
    private final Instant due;
    private final long order;
    private final Runnable task;

    private Wakeup(Instant due, long order, Runnable task) {
      this.due = due;
      this.order = order;
      this.task = task;
    }

    /** When it runs. */
    public Instant due() {
      return due;
    }

    /** Takes it off the clock; false when it ran already or was cancelled. */
    public boolean cancel() {
      lock.lock();
      try {
        return wakeups.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
