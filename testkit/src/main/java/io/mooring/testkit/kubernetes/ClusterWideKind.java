package io.mooring.testkit.kubernetes;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.stream.StreamSupport;

/** What tests may make outside of namespaces. */
final class ClusterWideKind {
  private static final List<String> PATHS =
      List.of(
          "/api/v1/namespaces",
          "/api/v1/persistentvolumes",
          "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          "/apis/rbac.authorization.k8s.io/v1/clusterroles",
          "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
          "/apis/scheduling.k8s.io/v1/priorityclasses",
          "/apis/storage.k8s.io/v1/storageclasses",
          "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
          "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations");

  private ClusterWideKind() {}

  static List<String> paths() {
    return PATHS;
  }

  /** The names below the path; none when the server does not have the kind. */
  static List<String> names(ApiServer apiServer, String path, String query) {
    var response = apiServer.get(path + query);
    if (!response.isSuccess()) {
      return List.of();
    }
    return StreamSupport.stream(response.json().getAsJsonArray("items").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .map(item -> item.getAsJsonObject("metadata"))
        .filter(metadata -> !metadata.has("deletionTimestamp"))
        .map(metadata -> metadata.get("name").getAsString())
        .toList();
  }
}
