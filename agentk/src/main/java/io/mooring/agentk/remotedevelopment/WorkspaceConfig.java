package io.mooring.agentk.remotedevelopment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.manifest.ManifestReader;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.manifest.Reading;
import io.mooring.apply.manifest.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The objects of a workspace, each beside the inventory that owns it.
 *
 * @param byInventory for the id of each inventory the objects to apply, the inventory first
 */
record WorkspaceConfig(Map<String, List<Manifest>> byInventory) {
  private static final String INVENTORY = "cli-utils.sigs.k8s.io/inventory-id";
  private static final String OWNER = "config.k8s.io/owning-inventory";

  /** It cannot be applied; the message says why. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  /** Reads what GitLab sent. */
  static WorkspaceConfig parse(String workspace, String yaml) throws UnusableException {
    Reading reading =
        ManifestReader.read(List.of(new Source(workspace + ".yaml", yaml.getBytes(UTF_8))));
    if (!reading.errors().isEmpty()) {
      throw new UnusableException(
          reading.errors().stream().map(Problem::toString).collect(Collectors.joining("; ")));
    }
    Map<String, List<Manifest>> found = new LinkedHashMap<>();
    for (Manifest manifest : reading.manifests()) {
      String id = manifest.content().text("metadata", "labels", INVENTORY);
      if (!id.isEmpty() && found.putIfAbsent(id, new ArrayList<>(List.of(manifest))) != null) {
        throw new UnusableException("the inventory " + id + " stands there twice");
      }
    }
    for (Manifest manifest : reading.manifests()) {
      if (manifest.content().text("metadata", "labels", INVENTORY).isEmpty()) {
        String owner = manifest.content().text("metadata", "annotations", OWNER);
        List<Manifest> group = found.get(owner);
        if (group == null) {
          throw new UnusableException(
              "%s: annotation %s: \"%s\" (expected: one of the inventories %s)"
                  .formatted(manifest.position(), OWNER, owner, found.keySet()));
        }
        group.add(manifest);
      }
    }
    return new WorkspaceConfig(found);
  }
}
