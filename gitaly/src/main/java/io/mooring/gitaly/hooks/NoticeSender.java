package io.mooring.gitaly.hooks;

import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells GitLab what it could not be told at once, one notice after the other, on one virtual
 * thread. What is not told when the process ends is read from the spool by the next one.
 */
final class NoticeSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NoticeSender.class);

  /**
   * A notice only speeds up what polling finds too, so one that is older than this is of no use.
   */
  static final Duration MAX_AGE = Duration.ofDays(2);

  /** Of notices that wait; each is a few hundred bytes. The oldest give way. */
  static final int MAX_WAITING = 10_000;

  private static final BackoffPolicy RETRY =
      new BackoffPolicy(
          Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(5), 2.0, 1.0);

  /** What became of telling. */
  enum Outcome {
    TAKEN,
    REFUSED,
    LATER
  }

  @FunctionalInterface
  interface Teller {
    Outcome tell(Notice notice) throws IOException;
  }

  private final NoticeSpool spool;
  private final Teller teller;
  private final InstantSource clock;
  private final Backoff backoff;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Notice> waiting = new ArrayDeque<>();
  private boolean stopping;
  private @Nullable Thread thread;

  NoticeSender(NoticeSpool spool, Teller teller, InstantSource clock, RandomGenerator random) {
    this.spool = spool;
    this.teller = teller;
    this.clock = clock;
    backoff = new Backoff(RETRY, clock, random);
  }

  /** Takes up what an earlier process left. */
  void start() throws IOException {
    for (Notice notice : spool.readAll()) {
      add(notice);
    }
    thread = Thread.ofVirtual().name("gitaly-notices").start(this::run);
  }

  /** Adds a notice that is in the spool already. */
  void add(Notice notice) {
    Notice dropped = null;
    lock.lock();
    try {
      waiting.add(notice);
      if (waiting.size() > MAX_WAITING) {
        dropped = waiting.poll();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (dropped != null) {
      drop(dropped, "too many wait");
    }
  }

  int pending() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        running.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    for (Optional<Notice> next = first(); next.isPresent(); next = first()) {
      if (send(next.get())) {
        backoff.reset();
        take(next.get());
      } else {
        // To the end, so that one project that GitLab stumbles over does not hold up the others.
        take(next.get());
        add(next.get());
        if (!pause(backoff.next())) {
          return;
        }
      }
    }
  }

  /** Whether the notice is dealt with. */
  private boolean send(Notice notice) {
    if (Duration.between(notice.since(), clock.instant()).compareTo(MAX_AGE) > 0) {
      drop(notice, "too old");
      return true;
    }
    try {
      switch (teller.tell(notice)) {
        case TAKEN -> spool.remove(notice);
        case REFUSED -> drop(notice, "refused by GitLab");
        case LATER -> {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      LOG.atInfo()
          .addKeyValue("gl_repository", notice.glRepository())
          .addKeyValue("error", e.toString())
          .log("GitLab still cannot be told of a push");
      return false;
    }
  }

  private void drop(Notice notice, String reason) {
    LOG.atWarn()
        .addKeyValue("gl_repository", notice.glRepository())
        .addKeyValue("reason", reason)
        .log("Notice of a push was dropped");
    try {
      spool.remove(notice);
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("Notice of a push cannot be removed");
    }
  }

  /** The oldest notice, waiting for one; nothing when stopping. */
  private Optional<Notice> first() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !stopping) {
        changed.await();
      }
      return stopping ? Optional.empty() : Optional.of(waiting.getFirst());
    } catch (InterruptedException e) {
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void take(Notice notice) {
    lock.lock();
    try {
      waiting.remove(notice);
    } finally {
      lock.unlock();
    }
  }

  private boolean pause(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (!stopping && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !stopping;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }
}
