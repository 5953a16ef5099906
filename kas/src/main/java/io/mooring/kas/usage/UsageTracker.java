package io.mooring.kas.usage;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Holds what was counted and not sent yet. Guarded by one lock, held for a few steps only. */
public final class UsageTracker implements UsageCounters {
  /** Distinct ids of one counter in one period; more users than any installation has. */
  static final int MAX_IDS = 1_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> counters = new HashMap<>();
  private final Map<String, Set<Long>> uniques = new HashMap<>();

  /** What was counted up to a moment. */
  record Figures(Map<String, Long> counters, Map<String, Set<Long>> uniques) {
    boolean isEmpty() {
      return counters.isEmpty() && uniques.isEmpty();
    }

    /** The body of {@code usage_metrics}; numbers are plain here, unlike elsewhere. */
    String json() {
      JsonObject body = new JsonObject();
      if (!counters.isEmpty()) {
        JsonObject values = new JsonObject();
        counters.forEach(values::addProperty);
        body.add("counters", values);
      }
      if (!uniques.isEmpty()) {
        JsonObject values = new JsonObject();
        uniques.forEach((name, ids) -> {
          JsonArray array = new JsonArray();
          ids.forEach(array::add);
          values.add(name, array);
        });
        body.add("unique_counters", values);
      }
      return body.toString();
    }
  }

  @Override
  public void increment(String counter) {
    lock.lock();
    try {
      counters.merge(counter, 1L, Long::sum);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void addUnique(String counter, long id) {
    lock.lock();
    try {
      Set<Long> ids = uniques.computeIfAbsent(counter, name -> new HashSet<>());
      if (ids.size() < MAX_IDS) {
        ids.add(id);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What is not sent yet. It stays until {@link #sent}. */
  Figures figures() {
    lock.lock();
    try {
      Map<String, Set<Long>> ids = new HashMap<>();
      uniques.forEach((name, set) -> ids.put(name, Set.copyOf(set)));
      return new Figures(Map.copyOf(counters), Map.copyOf(ids));
    } finally {
      lock.unlock();
    }
  }

  /** Takes off exactly what was sent, so that what was counted meanwhile stays. */
  void sent(Figures figures) {
    lock.lock();
    try {
      figures
          .counters()
          .forEach((name, count) ->
              counters.computeIfPresent(
                  name, (key, now) -> now.equals(count) ? null : Long.valueOf(now - count)));
      figures
          .uniques()
          .forEach((name, ids) ->
              uniques.computeIfPresent(
                  name,
                  (key, now) -> {
                    now.removeAll(ids);
                    return now.isEmpty() ? null : now;
                  }));
    } finally {
      lock.unlock();
    }
  }
}
