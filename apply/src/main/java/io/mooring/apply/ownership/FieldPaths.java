package io.mooring.apply.ownership;

import io.mooring.apply.object.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the fields of a manifest and a set of owned fields differ.
 *
 * @param missing fields of the manifest that are not owned
 * @param extra owned fields that are not in the manifest
 */
record FieldPaths(List<FieldPath> missing, List<FieldPath> extra) {

  /** What identifies an object is owned by nobody. */
  private static final Set<String> IDENTITY = Set.of("f:apiVersion", "f:kind");

  private static final Set<String> METADATA_IDENTITY = Set.of("f:name", "f:namespace");

  static FieldPaths of(JsonObject manifest, JsonObject owned) {
    FieldPaths paths = new FieldPaths(new ArrayList<>(), new ArrayList<>());
    paths.compare(manifest.members(), owned, FieldPath.ROOT);
    return paths;
  }

  private void compare(@Nullable Object value, JsonObject owned, FieldPath path) {
    if (isLeaf(owned)) {
      return; // all of it is owned, as one
    }
    switch (value) {
      case Map<?, ?> map -> compareMap(map, owned, path);
      case List<?> list -> compareList(list, owned, path);
      case null, default -> {}
    }
  }

  private void compareMap(Map<?, ?> map, JsonObject owned, FieldPath path) {
    map.forEach((name, value) -> {
      String step = "f:" + name;
      if (!isIdentity(step, path) && value != null) {
        if (owned.members().containsKey(step)) {
          compare(value, owned.object(step), path.then(step));
        } else {
          addMissing(value, path.then(step));
        }
      }
    });
    for (String step : owned.members().keySet()) {
      if (step.startsWith("f:") && !map.containsKey(step.substring(2))) {
        extra.add(path.then(step));
      }
    }
  }

  /** Down to the single fields, as far as maps go: others may own some of them. */
  private void addMissing(@Nullable Object value, FieldPath path) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach((name, member) -> addMissing(member, path.then("f:" + name)));
    } else {
      missing.add(path);
    }
  }

  private void compareList(List<?> list, JsonObject owned, FieldPath path) {
    int found = 0;
    for (String step : owned.members().keySet()) {
      if (step.equals(".")) {
        continue;
      }
      Optional<Object> item = ListItems.find(list, step, true);
      if (item.isPresent()) {
        found++;
        compare(item.get(), owned.object(step), path.then(step));
      } else {
        extra.add(path.then(step));
      }
    }
    if (found < list.size()) {
      missing.add(path);
    }
  }

  private static boolean isIdentity(String step, FieldPath path) {
    return path.steps().isEmpty()
        ? IDENTITY.contains(step)
        : path.steps().equals(List.of("f:metadata")) && METADATA_IDENTITY.contains(step);
  }

  /**
   * A thing that is owned as a whole; of one with the mark "." only the thing is owned, not what is
   * in it.
   */
  static boolean isLeaf(JsonObject owned) {
    return owned.members().isEmpty();
  }
}
