package io.mooring.apply.object;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as it was read: members are {@code String}, {@code Boolean}, {@code Long}, {@code
 * BigInteger}, {@code Double}, {@code List}, {@code Map} or null. A path that does not exist, or
 * holds something of another type, reads as empty: live objects are read for what they say, not
 * judged.
 *
 * @param members in the order they were read; nobody changes the map from here on
 */
public record JsonObject(Map<String, @Nullable Object> members) {
  /** An object without members. */
  public static final JsonObject EMPTY = new JsonObject(Map.of());

  /** What stands at a path of member names. */
  public Optional<Object> value(String... path) {
    Object current = members;
    for (String name : path) {
      if (!(current instanceof Map<?, ?> map)) {
        return Optional.empty();
      }
      current = map.get(name);
    }
    return Optional.ofNullable(current);
  }

  /** The string at a path, or empty text. */
  public String text(String... path) {
    return value(path).orElse("") instanceof String text ? text : "";
  }

  /** The integer at a path. */
  public OptionalLong number(String... path) {
    return value(path).orElse("") instanceof Long number
        ? OptionalLong.of(number)
        : OptionalLong.empty();
  }

  /** Whether {@code true} stands at a path. */
  public boolean isTrue(String... path) {
    return Boolean.TRUE.equals(value(path).orElse(false));
  }

  /** The object at a path, or {@link #EMPTY}. */
  public JsonObject object(String... path) {
    return value(path).map(JsonObject::of).orElse(EMPTY);
  }

  /** The objects of the list at a path; other items of the list are left out. */
  public List<JsonObject> objects(String... path) {
    return value(path).orElse("") instanceof List<?> list
        ? list.stream().filter(Map.class::isInstance).map(JsonObject::of).toList()
        : List.of();
  }

  /** The strings of the map at a path, such as labels; other values are left out. */
  public Map<String, String> texts(String... path) {
    Map<String, String> texts = new LinkedHashMap<>();
    object(path)
        .members()
        .forEach((name, value) -> {
          if (value instanceof String text) {
            texts.put(name, text);
          }
        });
    return Collections.unmodifiableMap(texts);
  }

  // Every map of these trees is made by one of our decoders, which allow only string keys.
  @SuppressWarnings("unchecked")
  private static JsonObject of(Object value) {
    return value instanceof Map<?, ?> map
        ? new JsonObject((Map<String, @Nullable Object>) map)
        : EMPTY;
  }
}
