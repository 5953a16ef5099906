package io.mooring.apply.inventory;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.cluster.Retry;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes inventories. A write replaces the list and keeps everything else that people put
 * on the ConfigMap; when somebody else wrote meanwhile it starts from what they left.
 */
public final class InventoryStore {
  private static final ResourceType CONFIG_MAP =
      new ResourceType("", "v1", "ConfigMap", "configmaps", true, false);

  /**
   * Someone annotates it at the very moment of a write; three times in a row is a fight, not a
   * chance.
   */
  private static final int ATTEMPTS = 3;

  private final KubernetesApi api;
  private final Retry retry;
  private final String label;
  private final String allowAnnotation;
  private final String fieldManager;

  /**
   * A store.
   *
   * @param label marks inventories
   * @param allowAnnotation holds the commit whose prune a person has allowed
   */
  public InventoryStore(
      KubernetesApi api, Retry retry, String label, String allowAnnotation, String fieldManager) {
    this.api = api;
    this.retry = retry;
    this.label = label;
    this.allowAnnotation = allowAnnotation;
    this.fieldManager = fieldManager;
  }

  /** Path of the ConfigMaps among which an inventory is. */
  public static String path(InventoryIdentity identity) {
    return CONFIG_MAP.path(identity.namespace());
  }

  /** Selects the inventory among them. */
  public String query(InventoryIdentity identity) {
    return "labelSelector=" + label + "%3D" + identity.id();
  }

  /** The commit whose prune the annotation of an inventory allows. */
  public Optional<String> allowedPrune(JsonObject configMap) {
    return Optional.of(configMap.text("metadata", "annotations", allowAnnotation))
        .filter(text -> !text.isEmpty());
  }

  /**
   * Reads an inventory; one that does not exist is empty.
   *
   * @throws AmbiguousInventoryException when several ConfigMaps carry its label
   */
  public Inventory load(InventoryIdentity identity, Cancellation cancellation)
      throws ApiException, AmbiguousInventoryException, InterruptedException {
    return inventory(identity, find(identity, cancellation));
  }

  /**
   * Writes what is managed.
   *
   * @return the inventory as it is now
   */
  public Inventory write(Inventory inventory, Set<ObjectRef> objects, Cancellation cancellation)
      throws ApiException, AmbiguousInventoryException, InterruptedException {
    InventoryIdentity identity = inventory.identity();
    for (int attempt = 1; ; attempt++) {
      Optional<JsonObject> live = find(identity, cancellation);
      JsonObject wanted =
          live.map(it -> changed(it, objects)).orElseGet(() -> fresh(identity, objects));
      String path = path(identity);
      String manager = "?fieldManager=" + ResourceType.encode(fieldManager);
      try {
        JsonObject written =
            live.isPresent()
                ? retry.send(
                    cancellation,
                    () ->
                        api.put(
                            path
                                + "/"
                                + ResourceType.encode(wanted.text("metadata", "name"))
                                + manager,
                            wanted))
                : retry.send(cancellation, () -> api.post(path + manager, wanted));
        return inventory(identity, Optional.of(written));
      } catch (ApiException e) {
        if (e.code() != 409 || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Optional<JsonObject> find(InventoryIdentity identity, Cancellation cancellation)
      throws ApiException, AmbiguousInventoryException, InterruptedException {
    List<JsonObject> found = new ArrayList<>();
    retry.send(
        cancellation,
        () -> {
          found.clear();
          return api.list(path(identity), query(identity), true, found::add);
        });
    if (found.size() > 1) {
      throw new AmbiguousInventoryException(
          identity, found.stream().map(it -> it.text("metadata", "name")).toList());
    }
    return found.stream().findFirst();
  }

  private Inventory inventory(InventoryIdentity identity, Optional<JsonObject> live) {
    Set<ObjectRef> objects = new LinkedHashSet<>();
    SortedMap<String, String> unreadable = new TreeMap<>();
    JsonObject configMap = live.orElse(JsonObject.EMPTY);
    configMap
        .texts("data")
        .forEach((key, value) ->
            InventoryKey.decode(key)
                .ifPresentOrElse(objects::add, () -> unreadable.put(key, value)));
    String name = live.map(it -> it.text("metadata", "name")).orElse(identity.name());
    return new Inventory(
        identity, name, live.isPresent(), objects, unreadable, allowedPrune(configMap));
  }

  private static JsonObject changed(JsonObject live, Set<ObjectRef> objects) {
    Map<String, @Nullable Object> data = data(objects);
    live.texts("data")
        .forEach((key, value) -> {
          if (InventoryKey.decode(key).isEmpty()) {
            data.put(key, value);
          }
        });
    Map<String, @Nullable Object> members = new LinkedHashMap<>(live.members());
    // Items of lists carry no kind.
    members.put("apiVersion", CONFIG_MAP.apiVersion());
    members.put("kind", CONFIG_MAP.kind());
    members.put("data", data);
    return new JsonObject(members);
  }

  private JsonObject fresh(InventoryIdentity identity, Set<ObjectRef> objects) {
    Map<String, @Nullable Object> labels = new TreeMap<>(identity.labels());
    labels.put(label, identity.id());
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    metadata.put("name", identity.name());
    metadata.put("namespace", identity.namespace());
    metadata.put("labels", labels);
    metadata.put("annotations", new TreeMap<>(identity.annotations()));
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("apiVersion", CONFIG_MAP.apiVersion());
    members.put("kind", CONFIG_MAP.kind());
    members.put("metadata", metadata);
    members.put("data", data(objects));
    return new JsonObject(members);
  }

  private static Map<String, @Nullable Object> data(Set<ObjectRef> objects) {
    Map<String, @Nullable Object> data = new TreeMap<>();
    objects.forEach(ref -> InventoryKey.encode(ref).ifPresent(key -> data.put(key, "")));
    return data;
  }
}
