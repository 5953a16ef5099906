package io.mooring.kas.routing;

import io.mooring.kas.tunnel.ReadyAgents;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which agents have ready tunnels here, and what of that the store does not know yet. Guarded by
 * one lock; nothing here blocks for long. Holds no more than the agents of this replica.
 */
final class IndexedAgents implements ReadyAgents {
  /** An entry outlives the last ready tunnel by this; a new one in that time saves two writes. */
  static final Duration REMOVAL_DELAY = Duration.ofSeconds(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final InstantSource clock;
  private final Set<Long> ready = new HashSet<>();
  private final Set<Long> stored = new HashSet<>();
  private final Set<Long> unwritten = new LinkedHashSet<>();

  /** When entries are to be removed, the earliest first. */
  private final Map<Long, Instant> removals = new LinkedHashMap<>();

  IndexedAgents(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether the store has been told of an agent that is here. */
  boolean isStored(long agentId) {
    lock.lock();
    try {
      return stored.contains(agentId);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void ready(long agentId) {
    lock.lock();
    try {
      ready.add(agentId);
      removals.remove(agentId);
      if (!stored.contains(agentId) && unwritten.add(agentId)) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void notReady(long agentId) {
    lock.lock();
    try {
      ready.remove(agentId);
      removals.put(agentId, clock.instant().plus(REMOVAL_DELAY));
      if (removals.size() == 1) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to write or to remove, at most for so long. */
  void await(Duration limit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while (unwritten.isEmpty() && left > 0) {
        long nap = Math.min(left, nanosUntilRemoval());
        if (nap <= 0) {
          return;
        }
        left -= nap - changed.awaitNanos(nap);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets time pass, whatever there is to write. */
  void pause(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (long nanos = time.toNanos(); nanos > 0; ) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private long nanosUntilRemoval() {
    return removals.values().stream()
        .findFirst()
        .map(next -> Duration.between(clock.instant(), next).toNanos())
        .orElse(Long.MAX_VALUE);
  }

  /** Agents the store does not have; they count as had from now on. */
  List<Long> takeUnwritten() {
    lock.lock();
    try {
      List<Long> agents = List.copyOf(unwritten);
      unwritten.clear();
      stored.addAll(agents);
      return agents;
    } finally {
      lock.unlock();
    }
  }

  /** Agents whose entries stay: those with ready tunnels, and those that may have one soon. */
  List<Long> present() {
    lock.lock();
    try {
      Set<Long> present = new HashSet<>(ready);
      present.addAll(removals.keySet());
      return List.copyOf(present);
    } finally {
      lock.unlock();
    }
  }

  /** Agents whose entries are to be removed now; the store counts as without them. */
  List<Long> takeRemovable() {
    Instant now = clock.instant();
    lock.lock();
    try {
      List<Long> due = new ArrayList<>();
      for (Map.Entry<Long, Instant> removal : removals.entrySet()) {
        if (removal.getValue().isAfter(now)) {
          break;
        }
        due.add(removal.getKey());
      }
      due.forEach(agentId -> {
        removals.remove(agentId);
        unwritten.remove(agentId);
        stored.remove(agentId);
      });
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** The store did not take these after all. */
  void notWritten(List<Long> agents) {
    lock.lock();
    try {
      for (long agentId : agents) {
        stored.remove(agentId);
        if (ready.contains(agentId) || removals.containsKey(agentId)) {
          unwritten.add(agentId);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The store still has these. */
  void notRemoved(List<Long> agents) {
    Instant now = clock.instant();
    lock.lock();
    try {
      for (long agentId : agents) {
        if (!ready.contains(agentId)) {
          removals.putIfAbsent(agentId, now);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The store may have lost everything. */
  void storeLost() {
    lock.lock();
    try {
      stored.clear();
      unwritten.addAll(ready);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Everything the store may have of this replica. */
  List<Long> all() {
    lock.lock();
    try {
      Set<Long> all = new HashSet<>(stored);
      all.addAll(removals.keySet());
      return List.copyOf(all);
    } finally {
      lock.unlock();
    }
  }
}
