package io.mooring.apply.status;

import io.mooring.apply.object.JsonObject;
import java.util.Optional;

/** Reads {@code status.conditions}. */
record Conditions(JsonObject live) {

  /** The first condition of a type. */
  Optional<JsonObject> find(String type) {
    return live.objects("status", "conditions").stream()
        .filter(condition -> condition.text("type").equals(type))
        .findFirst();
  }

  /** Whether the condition of a type stands at {@code True}, {@code False} or {@code Unknown}. */
  boolean is(String type, String value) {
    return find(type).filter(condition -> condition.text("status").equals(value)).isPresent();
  }

  /** What a condition says: its message, or its reason when it has none. */
  static String text(JsonObject condition) {
    String message = condition.text("message");
    return message.isEmpty() ? condition.text("reason") : message;
  }
}
