package io.mooring.apply;

import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cycle.Work;
import io.mooring.apply.manifest.ManifestReader;
import io.mooring.apply.options.Pace;
import io.mooring.apply.report.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/** What an engine's thread does next, and when. Safe for any thread; asked by one. */
final class Agenda {
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(15);

  /**
   * A batch as it came, with what it says.
   *
   * @param work read from the batch; its files are no longer held then
   */
  record Submitted(Batch batch, Instant receivedAt, Work work) {}

  /** What to do. */
  sealed interface Turn {
    /**
     * Run a pass.
     *
     * @param first whether it is the first over its batch
     * @param resync whether the regular time has come
     */
    record Pass(Submitted submitted, boolean first, boolean resync, Cancellation cancellation)
        implements Turn {}

    /** Look after objects on their way out. */
    record Look() implements Turn {}

    /** End. */
    record Stop() implements Turn {}
  }

  private final Pace pace;
  private final InstantSource clock;
  private final RetryPace retries;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Optional<Batch> pending = Optional.empty();
  private Instant pendingSince = Instant.EPOCH;
  private Optional<Submitted> current = Optional.empty();
  private Cancellation running = new Cancellation();
  private Optional<Instant> due = Optional.empty();
  private boolean dueIsResync;
  private Optional<Instant> look = Optional.empty();
  private Duration lookPause = FIRST_LOOK;
  private boolean woken;
  private boolean stopped;

  Agenda(Pace pace, InstantSource clock, RandomGenerator random) {
    this.pace = pace;
    this.clock = clock;
    this.retries = new RetryPace(pace, random);
  }

  void submit(Batch batch) {
    lock.lock();
    try {
      pending = Optional.of(batch);
      pendingSince = clock.instant();
      running.cancel();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Something happened that makes a pass worth while before its time. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopped = true;
      running.cancel();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A pass came to its end without being cancelled. */
  void ended(Outcome outcome, boolean objectsDepart) {
    lock.lock();
    try {
      Instant now = clock.instant();
      dueIsResync = outcome != Outcome.FAILED;
      due = Optional.of(now.plus(dueIsResync ? pace.resync() : retries.pause(now)));
      lookPause = FIRST_LOOK;
      look = objectsDepart ? Optional.of(now.plus(lookPause)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next thing to do. */
  Turn next() throws InterruptedException {
    Optional<Batch> taken = Optional.empty();
    Instant since = Instant.EPOCH;
    lock.lock();
    try {
      while (taken.isEmpty()) {
        Instant now = clock.instant();
        if (stopped) {
          return new Turn.Stop();
        }
        if (pending.isPresent()) {
          taken = pending;
          since = pendingSince;
          pending = Optional.empty();
          beginPass();
        } else if (current.isPresent() && (woken || isOver(due, now))) {
          boolean resync = !woken && dueIsResync;
          beginPass();
          return new Turn.Pass(current.get(), false, resync, running);
        } else if (isOver(look, now)) {
          lookPause =
              lookPause.multipliedBy(2).compareTo(LONGEST_LOOK) < 0
                  ? lookPause.multipliedBy(2)
                  : LONGEST_LOOK;
          look = Optional.of(now.plus(lookPause));
          return new Turn.Look();
        } else {
          changed.awaitNanos(untilNext(now).toNanos());
        }
      }
    } finally {
      lock.unlock();
    }
    return first(taken.get(), since);
  }

  /**
   * Reading may take a while: outside of the lock, so that a newer batch is never kept waiting at
   * the door.
   */
  private Turn first(Batch batch, Instant since) {
    Work work =
        new Work(batch.projectId(), batch.commitId(), ManifestReader.read(batch.sources()), since);
    Batch emptied = new Batch(batch.commitId(), batch.projectId(), java.util.List.of());
    Submitted submitted = new Submitted(emptied, since, work);
    lock.lock();
    try {
      current = Optional.of(submitted);
      return new Turn.Pass(submitted, true, false, running);
    } finally {
      lock.unlock();
    }
  }

  private void beginPass() {
    woken = false;
    due = Optional.empty();
    look = Optional.empty();
    running = new Cancellation();
  }

  private static boolean isOver(Optional<Instant> time, Instant now) {
    return time.filter(it -> !now.isBefore(it)).isPresent();
  }

  private Duration untilNext(Instant now) {
    Duration longest = pace.resync();
    for (Optional<Instant> time : java.util.List.of(due, look)) {
      Duration left = time.map(it -> Duration.between(now, it)).orElse(longest);
      longest = left.compareTo(longest) < 0 ? left : longest;
    }
    return longest.isNegative() ? Duration.ZERO : longest;
  }
}
