package io.mooring.apply.desired;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.cluster.RestMapping;
import io.mooring.apply.inventory.InventoryKey;
import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.object.Fingerprint;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.order.DependsOn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves the manifests of one batch; one instance a cycle. */
public final class Resolver {
  private final RestMapping mapping;
  private final String defaultNamespace;
  private final String inventoryId;
  private final Map<ObjectRef, Desired> objects = new LinkedHashMap<>();
  private final Map<ObjectRef, Manifest> first = new LinkedHashMap<>();
  private final Set<ObjectRef> later = new HashSet<>();
  private final List<Problem> errors = new ArrayList<>();
  private boolean refreshed;

  /** Looks kinds up in the mapping. */
  public Resolver(RestMapping mapping, String defaultNamespace, String inventoryId) {
    this.mapping = mapping;
    this.defaultNamespace = defaultNamespace;
    this.inventoryId = inventoryId;
  }

  /** Parts the objects that describe an inventory from those that are applied. */
  public static DesiredState.Split split(List<Manifest> manifests) {
    List<Manifest> inventories = new ArrayList<>();
    List<Manifest> others = new ArrayList<>();
    for (Manifest manifest : manifests) {
      boolean inventory =
          manifest.content().value("metadata", "labels", Labels.INVENTORY_ID).isPresent();
      (inventory ? inventories : others).add(manifest);
    }
    return new DesiredState.Split(inventories, others);
  }

  /**
   * Resolves manifests. What is wrong with one of them is an error of its own and stops no other.
   *
   * @throws ApiException when the server cannot say which kinds it serves
   */
  public DesiredState resolve(List<Manifest> manifests) throws ApiException, InterruptedException {
    BatchKinds kinds = new BatchKinds(manifests);
    for (Manifest manifest : manifests) {
      Optional<ResourceType> type = type(manifest, kinds);
      if (type.isEmpty()) {
        errors.add(
            new Problem(
                manifest.position(),
                "the cluster does not serve the kind "
                    + manifest.ref().kind()
                    + " of "
                    + manifest.apiVersion(),
                "a kind of the cluster, or its CustomResourceDefinition among the manifests"));
      } else {
        add(manifest, type.get());
      }
    }
    return new DesiredState(objects, later, errors);
  }

  private Optional<ResourceType> type(Manifest manifest, BatchKinds kinds)
      throws ApiException, InterruptedException {
    ObjectRef ref = manifest.ref();
    Optional<ResourceType> type = mapping.find(ref.group(), manifest.version(), ref.kind());
    if (type.isPresent()) {
      return type;
    }
    Optional<ResourceType> own = kinds.find(ref.group(), manifest.version(), ref.kind());
    if (own.isEmpty() && !refreshed) {
      refreshed = true;
      mapping.forget();
      return mapping.find(ref.group(), manifest.version(), ref.kind());
    }
    own.ifPresent(it -> later.add(scoped(manifest, it)));
    return own;
  }

  private ObjectRef scoped(Manifest manifest, ResourceType type) {
    ObjectRef ref = manifest.ref();
    return type.namespaced() && ref.namespace().isEmpty() ? ref.in(defaultNamespace) : ref;
  }

  private void add(Manifest manifest, ResourceType type) {
    ObjectRef ref = scoped(manifest, type);
    if (!type.namespaced() && !ref.namespace().isEmpty()) {
      errors.add(
          new Problem(
              manifest.position(),
              "metadata.namespace: "
                  + ref.namespace()
                  + ", but a "
                  + ref.kind()
                  + " is in no namespace",
              "no metadata.namespace"));
      return;
    }
    if (InventoryKey.encode(ref).isEmpty()) {
      errors.add(
          new Problem(
              manifest.position(),
              ref
                  + " cannot be kept in an inventory: its namespace, name, group and kind do not make a key",
              "together at most 250 characters of A-Z, a-z, 0-9, - and ."));
      return;
    }
    Manifest earlier = first.putIfAbsent(ref, manifest);
    if (earlier != null) {
      objects.remove(ref); // nobody knows which of them is meant
      errors.add(
          new Problem(
              manifest.position(),
              ref + " is here and at " + earlier.position() + "; neither is applied",
              "one of them"));
      return;
    }
    try {
      Set<ObjectRef> dependsOn = DependsOn.of(manifest.content());
      byte[] body = Body.of(manifest.content(), ref, type, inventoryId);
      objects.put(
          ref, new Desired(ref, type, body, Fingerprint.of(body), dependsOn, manifest.position()));
    } catch (DependsOn.MalformedException e) {
      errors.add(Problem.at(manifest.position(), String.valueOf(e.getMessage())));
    }
  }
}
