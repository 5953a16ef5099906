package io.mooring.apply.desired;

/** Names that are put on objects. */
public final class Labels {
  /** Marks an inventory object, with the inventory's id (kubernetes-sigs/cli-utils). */
  public static final String INVENTORY_ID = "cli-utils.sigs.k8s.io/inventory-id";

  /**
   * Put on every object that is applied, with the inventory's id. Its only purpose is that the API
   * server can be asked for what is managed and nothing else: watches select by it. Whose an object
   * is says the annotation {@link io.mooring.apply.ownership.InventoryPolicy#ANNOTATION}; the label
   * decides nothing.
   */
  public static final String MANAGED = "mooring.dev/inventory";

  private Labels() {}
}
