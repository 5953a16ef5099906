package io.mooring.apply.inventory;

import io.mooring.apply.object.JsonObject;
import java.util.Map;

/**
 * Which ConfigMap is the inventory.
 *
 * @param id value of the label that marks it
 * @param namespace where it is
 * @param name its name when it has to be made; one that exists is found by its label
 * @param labels further labels for a new one
 * @param annotations annotations for a new one
 */
public record InventoryIdentity(
    String id,
    String namespace,
    String name,
    Map<String, String> labels,
    Map<String, String> annotations) {

  public InventoryIdentity {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /** The inventory of an agent and a manifest project whose manifests name none. */
  public static InventoryIdentity byDefault(long agentId, long projectId, String namespace) {
    String id = agentId + "-" + projectId;
    return new InventoryIdentity(id, namespace, "inventory-" + id, Map.of(), Map.of());
  }

  /** The inventory that a ConfigMap among the manifests describes. */
  public static InventoryIdentity of(JsonObject configMap, String label, String defaultNamespace) {
    String namespace = configMap.text("metadata", "namespace");
    return new InventoryIdentity(
        configMap.text("metadata", "labels", label),
        namespace.isEmpty() ? defaultNamespace : namespace,
        configMap.text("metadata", "name"),
        configMap.texts("metadata", "labels"),
        configMap.texts("metadata", "annotations"));
  }
}
