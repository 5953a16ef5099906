package io.mooring.apply.order;

import io.mooring.apply.object.ObjectRef;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The order in which objects go: what others of them need goes after those others.
 *
 * @param after for every object, those that have to be gone before it; sorted so that an order
 *     without waiting is last tier first
 */
public record PruneOrder(Map<ObjectRef, Set<ObjectRef>> after) {

  /**
   * Orders a prune.
   *
   * @param dependencies every object that goes, with what its live annotation names
   */
  public static PruneOrder of(Map<ObjectRef, Set<ObjectRef>> dependencies) {
    Map<ObjectRef, Set<ObjectRef>> after = new TreeMap<>(PruneOrder::lastTierFirst);
    dependencies.keySet().forEach(ref -> after.put(ref, new LinkedHashSet<>()));
    Map<ObjectRef, Set<ObjectRef>> edges = new HashMap<>();
    dependencies.forEach((ref, needed) ->
        needed.stream()
            .filter(after::containsKey)
            .forEach(other -> edges.computeIfAbsent(other, key -> new LinkedHashSet<>()).add(ref)));
    dependencies.keySet().forEach(ref -> addContained(ref, dependencies.keySet(), edges));
    // A circle of live annotations must not keep objects for ever: its members go in any order.
    Set<ObjectRef> circular = new LinkedHashSet<>();
    Cycles.in(edges).forEach(circular::addAll);
    after.forEach((ref, first) -> {
      if (!circular.contains(ref)) {
        first.addAll(edges.getOrDefault(ref, Set.of()));
      }
    });
    return new PruneOrder(after);
  }

  /**
   * A namespace goes after what is in it, and a definition after its objects, so that these go by
   * the rules of the inventory and not with it.
   */
  private static void addContained(
      ObjectRef ref, Set<ObjectRef> all, Map<ObjectRef, Set<ObjectRef>> edges) {
    all.stream()
        .filter(other -> isIn(other, ref))
        .forEach(other -> edges.computeIfAbsent(ref, key -> new LinkedHashSet<>()).add(other));
  }

  private static boolean isIn(ObjectRef object, ObjectRef container) {
    if (container.is("", "Namespace")) {
      return object.namespace().equals(container.name());
    }
    // A definition is named <plural>.<group>; which of the group's kinds it defines does not
    // matter.
    return container.is("apiextensions.k8s.io", "CustomResourceDefinition")
        && container.name().endsWith("." + object.group())
        && container.name().indexOf('.') == container.name().length() - object.group().length() - 1;
  }

  private static int lastTierFirst(ObjectRef one, ObjectRef other) {
    int byTier = Tier.of(other).compareTo(Tier.of(one));
    return byTier != 0 ? byTier : one.compareTo(other);
  }
}
