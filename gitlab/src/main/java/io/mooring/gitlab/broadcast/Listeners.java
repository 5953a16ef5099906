package io.mooring.gitlab.broadcast;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Who listens to what on this replica. Thread-safe. */
final class Listeners {
  private final Map<Stream, Set<Listener>> streams = new ConcurrentHashMap<>();

  /** One subscription; two of the same function stay two. */
  static final class Listener {
    private final Consumer<String> receiver;

    Listener(Consumer<String> receiver) {
      this.receiver = receiver;
    }
  }

  /** Adds a listener; true when it is the first of its stream. */
  boolean add(Stream stream, Listener listener) {
    Set<Listener> all =
        streams.compute(
            stream,
            (name, known) -> {
              Set<Listener> set = known == null ? ConcurrentHashMap.newKeySet() : known;
              set.add(listener);
              return set;
            });
    return all.size() == 1;
  }

  /** Removes a listener; true when its stream has none left. */
  boolean remove(Stream stream, Listener listener) {
    return streams.computeIfPresent(
            stream,
            (name, known) -> {
              known.remove(listener);
              return known.isEmpty() ? null : known;
            })
        == null;
  }

  void deliver(Stream stream, String json) {
    for (Listener listener : streams.getOrDefault(stream, Set.of())) {
      listener.receiver.accept(json);
    }
  }
}
