package io.mooring.kas.tracker;

import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections this replica answers for, and which of them the store does not know yet or should
 * forget. Guarded by one lock; nothing here blocks for long.
 */
final class TrackedConnections {
  /** What makes a connection one. */
  record Id(long agentId, long connectionId) {}

  /**
   * One connection.
   *
   * @param ticket tells registrations of the same connection apart
   * @param info as it is written to the store
   * @param until it is not kept fresh beyond this time
   * @param storedUntil when the store will forget it; {@link Instant#MIN} when the store does not
   *     have it
   */
  record Tracked(long ticket, ConnectedAgentInfo info, Instant until, Instant storedUntil) {
    Tracked stored(Instant expiry) {
      return new Tracked(ticket, info, until, expiry);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Id, Tracked> present = new HashMap<>();
  private final Map<Id, ConnectedAgentInfo> leaving = new HashMap<>();
  private long tickets;
  private boolean news;

  /**
   * Takes a connection over.
   *
   * @param until it is kept fresh up to this time
   * @param storedUntil when the store will forget it
   * @return what stands for this registration
   */
  Tracked add(ConnectedAgentInfo info, Instant until, Instant storedUntil) {
    lock.lock();
    try {
      Tracked connection = new Tracked(tickets++, info, until, storedUntil);
      leaving.remove(id(info));
      present.put(id(info), connection);
      tell();
      return connection;
    } finally {
      lock.unlock();
    }
  }

  /** Whether this connection is known. */
  boolean has(ConnectedAgentInfo info) {
    lock.lock();
    try {
      return present.containsKey(id(info));
    } finally {
      lock.unlock();
    }
  }

  /** Whether the agent has any connection here. */
  boolean hasAny(long agentId) {
    lock.lock();
    try {
      return present.keySet().stream().anyMatch(id -> id.agentId() == agentId);
    } finally {
      lock.unlock();
    }
  }

  /** Drops connections whose own time is over, and says which. */
  List<ConnectedAgentInfo> expired(Instant now) {
    lock.lock();
    try {
      List<ConnectedAgentInfo> over =
          present.values().stream()
              .filter(connection -> connection.until().isBefore(now))
              .map(Tracked::info)
              .toList();
      over.forEach(info -> present.remove(id(info)));
      return over;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of a connection, unless a newer registration took its place. */
  void remove(Tracked connection) {
    lock.lock();
    try {
      Id id = id(connection.info());
      Tracked current = present.get(id);
      if (current != null && current.ticket() == connection.ticket()) {
        present.remove(id);
        leaving.put(id, connection.info());
        tell();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Connections whose life in the store ends before {@code soon}. */
  List<Tracked> due(Instant soon) {
    lock.lock();
    try {
      List<Tracked> due = new ArrayList<>();
      for (Tracked connection : present.values()) {
        if (connection.storedUntil().isBefore(soon)) {
          due.add(connection);
        }
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that the store has these until then. */
  void stored(List<Tracked> connections, Instant expiry) {
    lock.lock();
    try {
      for (Tracked connection : connections) {
        present.computeIfPresent(
            id(connection.info()),
            (id, current) ->
                current.ticket() == connection.ticket() ? current.stored(expiry) : current);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what the store is said to have, because it may have lost it. */
  void storeLost() {
    lock.lock();
    try {
      present.replaceAll((id, connection) -> connection.stored(Instant.MIN));
      tell();
    } finally {
      lock.unlock();
    }
  }

  /** Connections that the store should forget. */
  List<ConnectedAgentInfo> leaving() {
    lock.lock();
    try {
      return List.copyOf(leaving.values());
    } finally {
      lock.unlock();
    }
  }

  /** Notes that the store forgot them. */
  void left(List<ConnectedAgentInfo> gone) {
    lock.lock();
    try {
      gone.forEach(info -> leaving.remove(id(info), info));
    } finally {
      lock.unlock();
    }
  }

  /** All connections of now. */
  List<ConnectedAgentInfo> all() {
    lock.lock();
    try {
      return present.values().stream().map(Tracked::info).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until something was added or removed since the last call, or the time is over. */
  void awaitNews(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (!news && left > 0) {
        left = changed.awaitNanos(left);
      }
      news = false;
    } finally {
      lock.unlock();
    }
  }

  /** Lets time pass whatever the news. */
  void pause(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void tell() {
    news = true;
    changed.signalAll();
  }

  private static Id id(ConnectedAgentInfo info) {
    return new Id(info.getAgentId(), info.getConnectionId());
  }
}
