package io.mooring.apply.ownership;

import java.util.Optional;

/**
 * Which objects of the cluster an inventory may touch, judged by the annotation {@value
 * #ANNOTATION} (kubernetes-sigs/cli-utils). The same rule holds for applying and for pruning.
 */
public enum InventoryPolicy {
  /** Only objects that name this inventory (or are absent). */
  MUST_MATCH,
  /** Also objects that name none. */
  ADOPT_IF_NO_INVENTORY,
  /** Any object. */
  ADOPT_ALL;

  /** Names the inventory an object belongs to. */
  public static final String ANNOTATION = "config.k8s.io/owning-inventory";

  /** Whether an object that exists may be touched. An empty annotation counts as missing. */
  public boolean allows(String inventoryId, Optional<String> owner) {
    Optional<String> named = owner.filter(value -> !value.isEmpty());
    return switch (this) {
      case MUST_MATCH -> named.isPresent() && named.get().equals(inventoryId);
      case ADOPT_IF_NO_INVENTORY -> named.isEmpty() || named.get().equals(inventoryId);
      case ADOPT_ALL -> true;
    };
  }
}
