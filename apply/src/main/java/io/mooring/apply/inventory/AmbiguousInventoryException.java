package io.mooring.apply.inventory;

import java.util.List;

/** Several ConfigMaps claim to be the same inventory; which one is true only a person knows. */
public final class AmbiguousInventoryException extends Exception {
  private static final long serialVersionUID = 1L;

  AmbiguousInventoryException(InventoryIdentity identity, List<String> names) {
    super(
        "the ConfigMaps "
            + String.join(", ", names)
            + " in namespace "
            + identity.namespace()
            + " all carry the label of inventory "
            + identity.id()
            + " (expected: one; delete the others)");
  }
}
