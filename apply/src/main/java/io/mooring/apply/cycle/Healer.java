package io.mooring.apply.cycle;

import io.mooring.apply.cluster.Crew;
import io.mooring.apply.desired.Desired;
import io.mooring.apply.object.ObjectRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets objects right again that somebody changed or deleted in the cluster, while no cycle is due.
 * Told by the {@link ObjectTable}; one thread waits for what is due, each object is then applied by
 * a thread of its own, some at a time.
 */
public final class Healer {
  private static final Logger log = LoggerFactory.getLogger(Healer.class);

  /**
   * An object that cannot be applied is tried again after this, then after twice this, and so on.
   */
  private static final Duration RETRY = Duration.ofSeconds(5);

  private static final int MAX_DOUBLINGS = 4;

  /** Paces of objects nobody touches any more are forgotten at this many. */
  private static final int MAX_PACES = 1_000;

  private record Due(Instant at, int failures) {}

  private record Task(ObjectRef ref, int failures, boolean hot, Applier applier) {}

  private final ObjectTable table;
  private final InstantSource clock;
  private final int inFlight;
  private final Crew crew;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<ObjectRef, Due> queue = new HashMap<>();
  private final Map<ObjectRef, HealPace> paces = new HashMap<>();
  private final Set<ObjectRef> running = new HashSet<>();
  private Optional<Applier> applier = Optional.empty();

  /** Starts waiting for drift; nothing is healed before {@link #use}. */
  public Healer(ObjectTable table, InstantSource clock, int inFlight, Crew crew) {
    this.table = table;
    this.clock = clock;
    this.inFlight = inFlight;
    this.crew = crew;
    crew.start("healer", this::run);
  }

  /** Heals with this from now on. */
  void use(Applier current) {
    lock.lock();
    try {
      applier = Optional.of(current);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** An object is no longer as it was applied. */
  public void drifted(ObjectRef ref) {
    lock.lock();
    try {
      if (queue.containsKey(ref) || running.contains(ref)) {
        return;
      }
      Instant now = clock.instant();
      if (paces.size() >= MAX_PACES) {
        paces.values().removeIf(pace -> pace.next(now).streak() == 1);
      }
      HealPace pace = paces.getOrDefault(ref, HealPace.untouched()).next(now);
      paces.put(ref, pace);
      queue.put(ref, new Due(pace.last(), 0));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        while (!crew.cancellation().isCancelled()) {
          for (Task task : takeDue()) {
            threads.execute(() -> heal(task));
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /** Waits until something is due and there is room for it. */
  private List<Task> takeDue() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        Instant now = clock.instant();
        List<Task> due = new ArrayList<>();
        if (applier.isPresent()) {
          queue.forEach((ref, at) -> {
            if (running.size() + due.size() < inFlight && !at.at().isAfter(now)) {
              due.add(
                  new Task(
                      ref,
                      at.failures(),
                      paces.getOrDefault(ref, HealPace.untouched()).isHot(),
                      applier.get()));
            }
          });
        }
        if (!due.isEmpty()) {
          due.forEach(task -> {
            queue.remove(task.ref());
            running.add(task.ref());
          });
          return due;
        }
        changed.awaitNanos(untilNext(now).toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  private Duration untilNext(Instant now) {
    boolean room = applier.isPresent() && running.size() < inFlight;
    return queue.values().stream()
        .map(Due::at)
        .filter(at -> room)
        .min(Instant::compareTo)
        .map(at -> Duration.between(now, at))
        .filter(Duration::isPositive)
        .orElse(Duration.ofMinutes(1));
  }

  private void heal(Task task) {
    boolean failed = false;
    boolean again = false;
    try {
      ObjectTable.View view = table.view(task.ref());
      if (view.desired().isPresent() && !view.inSync()) {
        failed = !heal(view.desired().get(), view.conflict(), task);
        again = !table.view(task.ref()).conflict().isEmpty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      finish(task, failed);
    }
    if (again && !failed) {
      drifted(task.ref()); // changed once more while it was set right
    }
  }

  private void finish(Task task, boolean failed) {
    lock.lock();
    try {
      running.remove(task.ref());
      if (failed) {
        Duration pause = RETRY.multipliedBy(1L << Math.min(task.failures(), MAX_DOUBLINGS));
        queue.putIfAbsent(task.ref(), new Due(clock.instant().plus(pause), task.failures() + 1));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean heal(Desired desired, String conflict, Task task) throws InterruptedException {
    Applied applied = task.applier().apply(desired, crew.cancellation());
    if (applied.isFailure()) {
      log.atInfo()
          .addKeyValue("object_key", desired.ref())
          .addKeyValue("error", applied.message())
          .log("Cannot heal drift");
      return false;
    }
    if (task.hot() && !conflict.isEmpty()) {
      table.decided(
          desired.ref(), applied.action(), "conflict, set back again and again: " + conflict);
    }
    log.atInfo()
        .addKeyValue("object_key", desired.ref())
        .addKeyValue("apply_event", applied.action())
        .addKeyValue("cause", conflict)
        .log("Healed drift");
    return true;
  }
}
