package io.mooring.apply.desired;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Spells out what server-side apply of older servers (seen with 1.20) wants said, though every
 * server takes it as said: the protocol of a port, which is part of its identity there, and
 * quantities as text. Only for kinds of the server itself; custom resources are sent as they were
 * written.
 */
final class Spelling {
  private static final Set<String> QUANTITIES =
      Set.of("limits", "requests", "hard", "capacity", "overhead");

  private Spelling() {}

  static @Nullable Object out(@Nullable Object value, String name) {
    return switch (value) {
      case Map<?, ?> map -> map(map, name);
      case List<?> list -> {
        List<@Nullable Object> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(out(item, name)));
        yield items;
      }
      case null, default -> value;
    };
  }

  private static Map<String, @Nullable Object> map(Map<?, ?> map, String name) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    map.forEach((key, value) ->
        members.put(
            (String) key,
            QUANTITIES.contains(name) && value instanceof Number number
                ? text(number)
                : out(value, (String) key)));
    boolean port =
        name.equals("ports")
            && !members.containsKey("protocol")
            && (members.containsKey("containerPort") || members.containsKey("port"));
    if (port) {
      members.put("protocol", "TCP");
    }
    return members;
  }

  private static String text(Number number) {
    return number instanceof Double real
        ? BigDecimal.valueOf(real).toPlainString()
        : number.toString();
  }
}
