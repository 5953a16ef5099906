package io.mooring.apply.ownership;

import io.mooring.apply.object.Fingerprint;
import io.mooring.apply.object.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which fields of a live object we own, as the server tells in {@code metadata.managedFields}
 * (KEP-555).
 *
 * <p>The server takes a field from the one who applied it as soon as another one changes or removes
 * it, so the set of fields we own is the same as after our last apply exactly as long as nobody
 * touched them. That makes its fingerprint the test for drift: values the server normalised or
 * defaulted never count, nor do fields that are not ours.
 */
public final class FieldOwnership {

  /**
   * Someone who owns fields.
   *
   * @param manager name of the field manager
   * @param fields the fields, as the tree that KEP-555 calls FieldsV1
   */
  record Owner(String manager, JsonObject fields) {}

  private final Optional<JsonObject> own;
  private final List<Owner> others;

  private FieldOwnership(Optional<JsonObject> own, List<Owner> others) {
    this.own = own;
    this.others = others;
  }

  /**
   * Reads the ownership of an object.
   *
   * @param manager our own field manager; only what it applied is ours, not what it updated
   */
  public static FieldOwnership of(JsonObject live, String manager) {
    Optional<JsonObject> own = Optional.empty();
    List<Owner> others = new ArrayList<>();
    for (JsonObject entry : live.objects("metadata", "managedFields")) {
      JsonObject fields = entry.object("fieldsV1");
      if (entry.text("manager").equals(manager)
          && entry.text("operation").equals("Apply")
          && entry.text("subresource").isEmpty()) {
        own = Optional.of(fields);
      } else {
        others.add(new Owner(entry.text("manager"), fields));
      }
    }
    return new FieldOwnership(own, others);
  }

  /** Stands for the set of fields we own; empty when we never applied the object. */
  public Optional<Fingerprint> fingerprint() {
    return own.map(Fingerprint::of);
  }

  /** The fields we own, when we ever applied the object. */
  Optional<JsonObject> own() {
    return own;
  }

  /**
   * Those who took fields of a manifest from us, and which.
   *
   * @return at most {@code limit} entries such as {@code .spec.replicas is set by
   *     kube-controller-manager}
   */
  public List<String> taken(JsonObject manifest, int limit) {
    List<String> taken = new ArrayList<>();
    FieldPaths.of(manifest, own.orElse(JsonObject.EMPTY))
        .missing()
        .forEach(path ->
            others.stream()
                .filter(other -> path.isIn(other.fields()))
                .findFirst()
                .ifPresent(other -> taken.add(path + " is set by " + other.manager())));
    return taken.size() <= limit ? taken : taken.subList(0, limit);
  }
}
