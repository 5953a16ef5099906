package io.mooring.apply.ownership;

import io.mooring.apply.object.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The way to a field in a tree of FieldsV1 (KEP-555): members such as {@code f:spec}, {@code
 * k:{"name":"web"}}, {@code v:"text"}, {@code i:0}.
 */
record FieldPath(List<String> steps) {
  static final FieldPath ROOT = new FieldPath(List.of());

  FieldPath {
    steps = List.copyOf(steps);
  }

  FieldPath then(String step) {
    List<String> longer = new ArrayList<>(steps);
    longer.add(step);
    return new FieldPath(longer);
  }

  /** Whether an owner of these fields owns this one, or the whole of something around it. */
  boolean isIn(JsonObject fields) {
    JsonObject node = fields;
    for (String step : steps) {
      if (!node.members().containsKey(step)) {
        return false;
      }
      node = node.object(step);
      if (node.members().isEmpty()) {
        return true;
      }
    }
    return true;
  }

  /** For people: {@code .spec.template.spec.containers[name="web"].image}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String step : steps) {
      String rest = step.substring(Math.min(2, step.length()));
      if (step.startsWith("f:")) {
        text.append('.').append(rest);
      } else {
        text.append('[').append(rest).append(']');
      }
    }
    return text.toString();
  }
}
