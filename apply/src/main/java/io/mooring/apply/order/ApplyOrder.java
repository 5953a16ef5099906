package io.mooring.apply.order;

import io.mooring.apply.object.ObjectRef;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The order of one batch.
 *
 * @param tiers objects that depend on nothing, by tier, in the order of application
 * @param waiting objects that wait for others, and for which: those are part of the batch and not
 *     refused
 * @param refused objects that cannot be applied, and why: a cycle, or a dependency outside of the
 *     batch
 */
public record ApplyOrder(
    Map<Tier, List<ObjectRef>> tiers,
    Map<ObjectRef, Set<ObjectRef>> waiting,
    Map<ObjectRef, String> refused) {

  /**
   * Orders a batch.
   *
   * @param dependencies every object of the batch, with what its annotation names
   */
  public static ApplyOrder of(Map<ObjectRef, Set<ObjectRef>> dependencies) {
    Map<ObjectRef, String> refused = new LinkedHashMap<>();
    refuseUnknown(dependencies, refused);
    refuseCycles(dependencies, refused);

    Map<Tier, List<ObjectRef>> tiers = new EnumMap<>(Tier.class);
    Map<ObjectRef, Set<ObjectRef>> waiting = new LinkedHashMap<>();
    for (ObjectRef ref : new TreeSet<>(dependencies.keySet())) {
      Set<ObjectRef> needed = dependencies.getOrDefault(ref, Set.of());
      if (refused.containsKey(ref)) {
        continue;
      }
      if (needed.isEmpty()) {
        tiers.computeIfAbsent(Tier.of(ref), tier -> new ArrayList<>()).add(ref);
      } else {
        waiting.put(ref, Set.copyOf(needed));
      }
    }
    return new ApplyOrder(tiers, waiting, refused);
  }

  private static void refuseUnknown(
      Map<ObjectRef, Set<ObjectRef>> dependencies, Map<ObjectRef, String> refused) {
    dependencies.forEach((ref, needed) -> {
      Set<ObjectRef> unknown = new LinkedHashSet<>(needed);
      unknown.removeAll(dependencies.keySet());
      if (!unknown.isEmpty()) {
        refused.put(
            ref,
            DependsOn.ANNOTATION
                + " names "
                + unknown.stream().map(DependsOn::format).collect(Collectors.joining(", "))
                + ", which is not among the manifests");
      }
    });
  }

  private static void refuseCycles(
      Map<ObjectRef, Set<ObjectRef>> dependencies, Map<ObjectRef, String> refused) {
    for (List<ObjectRef> cycle : Cycles.in(dependencies)) {
      String chain = cycle.stream().map(ObjectRef::toString).collect(Collectors.joining(" -> "));
      cycle.forEach(
          ref -> refused.putIfAbsent(ref, DependsOn.ANNOTATION + " goes in a circle: " + chain));
    }
  }
}
