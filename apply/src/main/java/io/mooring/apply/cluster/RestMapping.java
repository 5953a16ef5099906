package io.mooring.apply.cluster;

import io.mooring.apply.object.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which kinds the server serves, and under which path. Only the groups that are asked for are read.
 * What was found is kept until {@link #forget}. Used by one thread.
 */
public final class RestMapping {
  private final KubernetesApi api;
  private final Map<String, List<ResourceType>> byVersion = new HashMap<>();
  private Optional<Map<String, List<String>>> groups = Optional.empty();

  /** Reads through the given API. */
  public RestMapping(KubernetesApi api) {
    this.api = api;
  }

  /** Forgets what the server said; custom types may have come or gone. */
  public void forget() {
    byVersion.clear();
    groups = Optional.empty();
  }

  /**
   * A kind in one version.
   *
   * @return nothing when the server says that it does not serve it
   * @throws ApiException when the server cannot say
   */
  public Optional<ResourceType> find(String group, String version, String kind)
      throws ApiException, InterruptedException {
    if (!versions(group).contains(version)) {
      return Optional.empty();
    }
    return types(group, version).stream().filter(type -> type.kind().equals(kind)).findFirst();
  }

  /**
   * A kind in the version the server prefers, else in any that has it.
   *
   * @return nothing when the server says that it does not serve it in any version
   * @throws ApiException when the server cannot say
   */
  public Optional<ResourceType> findAny(String group, String kind)
      throws ApiException, InterruptedException {
    for (String version : versions(group)) {
      Optional<ResourceType> type =
          types(group, version).stream().filter(it -> it.kind().equals(kind)).findFirst();
      if (type.isPresent()) {
        return type;
      }
    }
    return Optional.empty();
  }

  private List<String> versions(String group) throws ApiException, InterruptedException {
    if (group.isEmpty()) {
      return List.of("v1");
    }
    if (groups.isEmpty()) {
      groups = Optional.of(readGroups(api.get("/apis")));
    }
    return groups.get().getOrDefault(group, List.of());
  }

  private static Map<String, List<String>> readGroups(JsonObject list) {
    Map<String, List<String>> groups = new HashMap<>();
    for (JsonObject group : list.objects("groups")) {
      List<String> versions = new ArrayList<>();
      versions.add(group.text("preferredVersion", "version"));
      group.objects("versions").forEach(version -> versions.add(version.text("version")));
      groups.put(
          group.text("name"), versions.stream().distinct().filter(it -> !it.isEmpty()).toList());
    }
    return groups;
  }

  private List<ResourceType> types(String group, String version)
      throws ApiException, InterruptedException {
    String path = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    List<ResourceType> known = byVersion.get(path);
    if (known == null) {
      // Gone between the list of groups and now: the server says that it does not serve it.
      known = api.find(path).map(list -> readTypes(group, version, list)).orElse(List.of());
      byVersion.put(path, known);
    }
    return known;
  }

  private static List<ResourceType> readTypes(String group, String version, JsonObject list) {
    Set<String> names = new HashSet<>();
    list.objects("resources").forEach(resource -> names.add(resource.text("name")));
    return list.objects("resources").stream()
        .filter(resource -> resource.text("name").indexOf('/') < 0)
        .map(resource ->
            new ResourceType(
                group,
                version,
                resource.text("kind"),
                resource.text("name"),
                resource.isTrue("namespaced"),
                names.contains(resource.text("name") + "/status")))
        .toList();
  }
}
