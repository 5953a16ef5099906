package io.mooring.apply;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.mooring.testkit.kubernetes.ApiResponse;
import io.mooring.testkit.kubernetes.ApiServer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What the cluster really holds, read past the engine. */
record Live(ApiServer server, String namespace) {

  String path(String plural) {
    return switch (plural) {
      case "configmaps", "secrets", "services", "pods" ->
          "/api/v1/namespaces/" + namespace + "/" + plural;
      case "deployments", "replicasets" -> "/apis/apps/v1/namespaces/" + namespace + "/" + plural;
      default -> throw new IllegalArgumentException(plural);
    };
  }

  Optional<JsonObject> find(String plural, String name) {
    ApiResponse response = server.get(path(plural) + "/" + name);
    return response.isSuccess() ? Optional.of(response.json()) : Optional.empty();
  }

  JsonObject get(String plural, String name) {
    return find(plural, name).orElseThrow(() -> new AssertionError("no " + plural + "/" + name));
  }

  String value(String name) {
    return find("configmaps", name)
        .map(it -> it.getAsJsonObject("data").get("value").getAsString())
        .orElse("");
  }

  JsonObject metadata(String plural, String name) {
    return get(plural, name).getAsJsonObject("metadata");
  }

  String version(String plural, String name) {
    return metadata(plural, name).get("resourceVersion").getAsString();
  }

  void patch(String plural, String name, String merge) {
    patchPath(path(plural) + "/" + name, merge);
  }

  void patchPath(String path, String merge) {
    ApiResponse response =
        server.send(
            "PATCH", path + "?fieldManager=kubectl-edit", "application/merge-patch+json", merge);
    if (!response.isSuccess()) {
      throw new AssertionError(response.toString());
    }
  }

  void delete(String plural, String name) {
    server.delete(path(plural) + "/" + name);
  }

  /** Keys of the inventory with a label. */
  Set<String> inventory(String id) {
    JsonObject list =
        server
            .get(path("configmaps") + "?labelSelector=cli-utils.sigs.k8s.io%2Finventory-id%3D" + id)
            .json();
    Set<String> keys = new TreeSet<>();
    for (JsonElement item : list.getAsJsonArray("items")) {
      JsonElement data = item.getAsJsonObject().get("data");
      if (data != null) {
        keys.addAll(data.getAsJsonObject().keySet());
      }
    }
    return keys;
  }

  /** Writes an inventory as kubernetes-sigs/cli-utils does. */
  void writeInventory(String name, String id, String... keys) {
    JsonObject data = new JsonObject();
    for (String key : keys) {
      data.addProperty(key, "");
    }
    String body =
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","namespace":"%s",
         "labels":{"cli-utils.sigs.k8s.io/inventory-id":"%s"}},"data":%s}\
        """
            .formatted(name, namespace, id, data);
    ApiResponse response = server.post(path("configmaps"), body);
    if (!response.isSuccess()) {
      throw new AssertionError(response.toString());
    }
  }

  /**
   * A ConfigMap as a Go agentk of an inventory applies it, or anybody when the inventory is empty.
   */
  void applyAs(String manager, String name, String value, String inventory) {
    String annotations =
        inventory.isEmpty() ? "" : "\"config.k8s.io/owning-inventory\":\"" + inventory + "\"";
    String body =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\",\"annotations\":{%s}},\"data\":{\"value\":\"%s\"}}"
            .formatted(name, annotations, value);
    ApiResponse response =
        server.send(
            "PATCH",
            path("configmaps") + "/" + name + "?force=true&fieldManager=" + manager,
            "application/apply-patch+yaml",
            body);
    if (!response.isSuccess()) {
      throw new AssertionError(response.toString());
    }
  }

  void awaitValue(String name, String value, Duration limit) {
    await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> value(name).equals(value));
  }

  void awaitGone(String plural, String name) {
    await()
        .atMost(TestEngine.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> find(plural, name).isEmpty());
  }

  void awaitInventory(String id, Predicate<Set<String>> holds) {
    await()
        .atMost(TestEngine.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> holds.test(inventory(id)));
  }
}
