package io.mooring.kas.routing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mooring.kas.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which replicas have tunnels of an agent, looked up in the index again and again while somebody
 * searches (tunnel.md 5.2). All who search for the same agent share one virtual thread.
 */
public final class ReplicaLists implements AutoCloseable {
  /** Pause between two look-ups, after errors too. */
  static final Duration PAUSE = Duration.ofMillis(50);

  /** A list nobody refreshed for so long is not believed. */
  static final Duration CACHED = Duration.ofMinutes(5);

  /** A list takes about 200 bytes; beyond this number the index is asked again. */
  static final int MAX_CACHED = 10_000;

  private static final Logger log = LoggerFactory.getLogger(ReplicaLists.class);

  private final Source source;
  private final Cache<Long, List<String>> cached =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .expireAfterWrite(CACHED)
          .maximumSize(MAX_CACHED)
          .build();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Poller> pollers = new HashMap<>();

  /** Where lists come from. */
  @FunctionalInterface
  interface Source {
    /** URLs of the replicas with tunnels of the agent. */
    List<String> replicas(long agentId) throws StoreException;
  }

  /** Ends the calls when closed. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** Lists out of the index. */
  public ReplicaLists(TunnelIndex index) {
    this(index::replicas);
  }

  ReplicaLists(Source source) {
    this.source = source;
  }

  /** The last list that is known; empty when none is. */
  List<String> cached(long agentId) {
    List<String> urls = cached.getIfPresent(agentId);
    return urls == null ? List.of() : urls;
  }

  /**
   * Calls {@code onList} with every list that is not empty until the subscription is closed. It
   * must not block.
   */
  Subscription subscribe(long agentId, Consumer<List<String>> onList) {
    lock.lock();
    try {
      Poller poller = pollers.get(agentId);
      if (poller == null) {
        poller = new Poller(agentId);
        pollers.put(agentId, poller);
        poller.thread.start();
      }
      return poller.add(onList);
    } finally {
      lock.unlock();
    }
  }

  /** Number of agents that are looked up now. */
  int polled() {
    lock.lock();
    try {
      return pollers.size();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all look-ups. */
  @Override
  public void close() {
    lock.lock();
    try {
      pollers.values().forEach(poller -> poller.thread.interrupt());
    } finally {
      lock.unlock();
    }
  }

  private final class Poller {
    private final long agentId;
    private final Thread thread;
    private final Condition left = lock.newCondition();
    // Each subscription is one; two with the same action are two.
    private final Set<Subscriber> subscribers = new LinkedHashSet<>();
    private boolean failing;

    private final class Subscriber implements Subscription {
      private final Consumer<List<String>> onList;

      Subscriber(Consumer<List<String>> onList) {
        this.onList = onList;
      }

      @Override
      public void close() {
        lock.lock();
        try {
          subscribers.remove(this);
          left.signalAll();
        } finally {
          lock.unlock();
        }
      }
    }

    Poller(long agentId) {
      this.agentId = agentId;
      this.thread = Thread.ofVirtual().name("replica-list").unstarted(this::poll);
    }

    Subscription add(Consumer<List<String>> onList) {
      Subscriber subscriber = new Subscriber(onList);
      subscribers.add(subscriber);
      return subscriber;
    }

    private void poll() {
      try {
        do {
          List<String> urls = look();
          if (!urls.isEmpty()) {
            cached.put(agentId, urls);
            subscribers().forEach(subscriber -> subscriber.onList.accept(urls));
          }
        } while (isWantedAfterPause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        forget();
      }
    }

    private void forget() {
      lock.lock();
      try {
        pollers.remove(agentId, this);
      } finally {
        lock.unlock();
      }
    }

    private List<String> look() {
      try {
        List<String> urls = source.replicas(agentId);
        failing = false;
        return urls;
      } catch (StoreException e) {
        if (!failing) {
          log.atError()
              .setCause(e)
              .addKeyValue("agent_id", agentId)
              .log("Cannot look up which replicas have tunnels, trying again");
        }
        failing = true;
        return List.of();
      }
    }

    private List<Subscriber> subscribers() {
      lock.lock();
      try {
        return List.copyOf(subscribers);
      } finally {
        lock.unlock();
      }
    }

    private boolean isWantedAfterPause() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        long nanos = PAUSE.toNanos();
        while (nanos > 0 && !subscribers.isEmpty()) {
          nanos = left.awaitNanos(nanos);
        }
        if (subscribers.isEmpty()) {
          pollers.remove(agentId);
          return false;
        }
        return true;
      } finally {
        lock.unlock();
      }
    }
  }
}
