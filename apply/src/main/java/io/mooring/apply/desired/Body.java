package io.mooring.apply.desired;

import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.ownership.InventoryPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes what is sent of what a manifest says. */
final class Body {
  /**
   * The server fills these in; sent, they make it refuse the object or mean a version that is long
   * gone.
   */
  private static final Set<String> SERVER_METADATA =
      Set.of(
          "resourceVersion",
          "uid",
          "managedFields",
          "creationTimestamp",
          "generation",
          "selfLink",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private Body() {}

  static byte[] of(JsonObject manifest, ObjectRef ref, ResourceType type, String inventoryId) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>(manifest.members());
    Map<String, @Nullable Object> metadata =
        new LinkedHashMap<>(manifest.object("metadata").members());
    SERVER_METADATA.forEach(metadata::remove);
    if (type.namespaced()) {
      metadata.put("namespace", ref.namespace());
    } else {
      metadata.remove("namespace"); // an empty one is allowed in a manifest
    }
    metadata.put("labels", with(manifest, "labels", Labels.MANAGED, inventoryId));
    metadata.put(
        "annotations", with(manifest, "annotations", InventoryPolicy.ANNOTATION, inventoryId));
    members.put("metadata", metadata);
    if (type.status()) {
      // The server ignores it here, but would note us as the owner of what its controllers write.
      members.remove("status");
    }
    if (ref.is("", "Secret")) {
      encodeStrings(members);
    }
    if (type.group().indexOf('.') < 0 && members.containsKey("spec")) {
      members.put("spec", Spelling.out(members.get("spec"), "spec"));
    }
    return Json.write(new JsonObject(members));
  }

  private static Map<String, @Nullable Object> with(
      JsonObject manifest, String field, String name, String value) {
    Map<String, @Nullable Object> map =
        new LinkedHashMap<>(manifest.object("metadata", field).members());
    map.put(name, value);
    return map;
  }

  /**
   * Writes {@code stringData} into {@code data}, as the server does on a write. Left to the server,
   * keys that leave {@code stringData} stay in the Secret for ever, because nobody owns them
   * (kubernetes/kubernetes#70281).
   */
  private static void encodeStrings(Map<String, @Nullable Object> members) {
    if (!(members.get("stringData") instanceof Map<?, ?> strings)
        || !strings.values().stream().allMatch(String.class::isInstance)) {
      return;
    }
    Map<String, @Nullable Object> data =
        new LinkedHashMap<>(new JsonObject(members).object("data").members());
    strings.forEach((key, value) ->
        data.put(
            (String) key,
            Base64.getEncoder().encodeToString(((String) value).getBytes(StandardCharsets.UTF_8))));
    members.remove("stringData");
    members.put("data", data);
  }
}
