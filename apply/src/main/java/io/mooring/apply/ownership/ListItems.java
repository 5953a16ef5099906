package io.mooring.apply.ownership;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Finds the item of a list that a step of FieldsV1 means (KEP-555: {@code k:}, {@code v:}, {@code
 * i:}).
 */
final class ListItems {
  private ListItems() {}

  /**
   * The item a step means.
   *
   * @param lenient whether an item may leave key fields out: a manifest may, the server fills in
   *     defaults
   */
  static Optional<Object> find(List<?> list, String step, boolean lenient) {
    String rest = step.substring(2);
    return switch (step.charAt(0)) {
      case 'k' ->
          parse("{\"k\":" + rest + "}")
              .map(key -> key.object("k"))
              .flatMap(key -> list.stream().filter(item -> hasKey(item, key, lenient)).findFirst());
      case 'v' ->
          parse("{\"v\":" + rest + "}")
              .flatMap(value -> value.value("v"))
              .flatMap(value -> list.stream().filter(value::equals).findFirst());
      case 'i' -> index(list, rest);
      default -> Optional.empty();
    };
  }

  private static boolean hasKey(@Nullable Object item, JsonObject key, boolean lenient) {
    if (!(item instanceof Map<?, ?> members)) {
      return false;
    }
    return key.members().entrySet().stream()
        .allMatch(field -> {
          Object own = members.get(field.getKey());
          return own == null ? lenient : Objects.equals(own, field.getValue());
        });
  }

  private static Optional<Object> index(List<?> list, String digits) {
    try {
      int index = Integer.parseInt(digits);
      return index >= 0 && index < list.size()
          ? Optional.ofNullable(list.get(index))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<JsonObject> parse(String json) {
    try {
      return Optional.of(Json.read(json.getBytes(StandardCharsets.UTF_8)));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
