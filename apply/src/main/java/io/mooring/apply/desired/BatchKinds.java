package io.mooring.apply.desired;

import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.object.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kinds that CustomResourceDefinitions of a batch will bring. */
final class BatchKinds {
  private final List<ResourceType> types = new ArrayList<>();

  BatchKinds(List<Manifest> manifests) {
    manifests.stream()
        .filter(manifest -> manifest.ref().is("apiextensions.k8s.io", "CustomResourceDefinition"))
        .map(manifest -> manifest.content().object("spec"))
        .forEach(this::add);
  }

  private void add(JsonObject spec) {
    for (JsonObject version : spec.objects("versions")) {
      boolean status =
          version.value("subresources", "status").isPresent()
              || spec.value("subresources", "status").isPresent();
      if (!version.text("name").isEmpty() && !spec.text("names", "plural").isEmpty()) {
        types.add(
            new ResourceType(
                spec.text("group"),
                version.text("name"),
                spec.text("names", "kind"),
                spec.text("names", "plural"),
                spec.text("scope").equals("Namespaced"),
                status));
      }
    }
  }

  Optional<ResourceType> find(String group, String version, String kind) {
    return types.stream()
        .filter(type ->
            type.group().equals(group)
                && type.version().equals(version)
                && type.kind().equals(kind))
        .findFirst();
  }
}
