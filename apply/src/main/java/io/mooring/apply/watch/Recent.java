package io.mooring.apply.watch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers the entries used last, up to a number. Safe for any thread. */
final class Recent<K, V> {
  private final Map<K, V> entries;

  Recent(int size) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > size;
          }
        };
  }

  synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(K key, V value) {
    entries.put(key, value);
  }
}
