package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The store of a single replica: maps under one lock, gone with the process. Expired entries are
 * dropped when they are met, and all of them whenever {@link #SWEEP_AFTER} writes have passed, so
 * that keys nobody asks for again do not pile up.
 */
public final class MemoryStore
    implements Store, ExpiringHashes, ExpiringValues, LimitedCounters, EventChannel {
  /** A sweep looks at every entry; with this many writes in between its cost per write is small. */
  static final int SWEEP_AFTER = 1024;

  private record Value(Instant expiresAt, ByteString content) {}

  private record Counter(Instant expiresAt, long count) {}

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Map<ByteString, Value>> hashes = new HashMap<>();
  private final Map<Key, Value> values = new HashMap<>();
  private final Map<Key, Counter> counters = new HashMap<>();
  private final List<Consumer<ByteString>> listeners = new CopyOnWriteArrayList<>();
  private int writes;

  /** An empty store. */
  public MemoryStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public ExpiringHashes hashes() {
    return this;
  }

  @Override
  public ExpiringValues values() {
    return this;
  }

  @Override
  public LimitedCounters counters() {
    return this;
  }

  @Override
  public EventChannel events() {
    return this;
  }

  @Override
  public void ping() {}

  @Override
  public void onReconnect(Runnable action) {}

  @Override
  public void close() {
    listeners.clear();
  }

  @Override
  public void put(List<Field> fields) {
    lock.lock();
    try {
      for (Field field : fields) {
        hashes
            .computeIfAbsent(field.key(), key -> new HashMap<>())
            .put(field.field(), new Value(field.expiresAt(), field.payload()));
      }
      sweepSometimes();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void remove(Key key, List<ByteString> fields) {
    lock.lock();
    try {
      Map<ByteString, Value> hash = hashes.get(key);
      if (hash != null) {
        fields.forEach(hash::remove);
        if (hash.isEmpty()) {
          hashes.remove(key);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<ByteString> read(Key key) {
    lock.lock();
    try {
      collect(key);
      List<ByteString> payloads = new ArrayList<>();
      hashes.getOrDefault(key, Map.of()).values().forEach(value -> payloads.add(value.content()));
      return payloads;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<ByteString> names(Key key) {
    lock.lock();
    try {
      collect(key);
      return List.copyOf(hashes.getOrDefault(key, Map.of()).keySet());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long length(Key key) {
    lock.lock();
    try {
      return hashes.getOrDefault(key, Map.of()).size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int collect(Key key) {
    lock.lock();
    try {
      Map<ByteString, Value> hash = hashes.getOrDefault(key, new HashMap<>());
      int before = hash.size();
      Instant now = clock.instant();
      hash.values().removeIf(value -> value.expiresAt().isBefore(now));
      if (hash.isEmpty()) {
        hashes.remove(key);
      }
      return before - hash.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<ByteString> get(Key key) {
    lock.lock();
    try {
      Value value = values.get(key);
      return value == null || !value.expiresAt().isAfter(clock.instant())
          ? Optional.empty()
          : Optional.of(value.content());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void set(Key key, ByteString value, Duration ttl) {
    lock.lock();
    try {
      values.put(key, new Value(clock.instant().plus(ttl), value));
      sweepSometimes();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean tryIncrement(Key key, long limit, Duration ttl) {
    lock.lock();
    try {
      Instant now = clock.instant();
      Counter counter = counters.get(key);
      long count = counter == null || !counter.expiresAt().isAfter(now) ? 0 : counter.count();
      if (count >= limit) {
        return false;
      }
      counters.put(key, new Counter(now.plus(ttl), count + 1));
      sweepSometimes();
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletableFuture<Boolean> increment(Key key, long limit, Duration ttl) {
    return CompletableFuture.completedFuture(tryIncrement(key, limit, ttl));
  }

  @Override
  public void publish(ByteString message) {
    listeners.forEach(listener -> listener.accept(message));
  }

  @Override
  public void listen(Consumer<ByteString> listener) {
    listeners.add(listener);
  }

  private void sweepSometimes() {
    if (++writes < SWEEP_AFTER) {
      return;
    }
    writes = 0;
    Instant now = clock.instant();
    values.values().removeIf(value -> value.expiresAt().isBefore(now));
    counters.values().removeIf(counter -> counter.expiresAt().isBefore(now));
    List.copyOf(hashes.keySet()).forEach(this::collect);
  }
}
