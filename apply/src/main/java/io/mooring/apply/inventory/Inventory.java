package io.mooring.apply.inventory;

import io.mooring.apply.object.ObjectRef;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * An inventory as the cluster holds it.
 *
 * @param name of the ConfigMap
 * @param exists whether there is one yet
 * @param objects what it lists
 * @param unreadable keys that name no object, with their values; they are kept and never pruned
 * @param allowedPrune the commit whose prune a person has allowed
 */
public record Inventory(
    InventoryIdentity identity,
    String name,
    boolean exists,
    Set<ObjectRef> objects,
    SortedMap<String, String> unreadable,
    Optional<String> allowedPrune) {

  public Inventory {
    objects = Set.copyOf(objects);
  }
}
