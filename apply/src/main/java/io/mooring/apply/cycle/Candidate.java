package io.mooring.apply.cycle;

import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.ownership.InventoryPolicy;
import java.util.Optional;

/** A live object that no manifest names any more. */
record Candidate(ObjectRef ref, ResourceType type, JsonObject live) {
  private static final String ON_REMOVE = "cli-utils.sigs.k8s.io/on-remove";
  private static final String DELETION = "client.lifecycle.config.k8s.io/deletion";

  String uid() {
    return live.text("metadata", "uid");
  }

  boolean isTerminating() {
    return !live.text("metadata", "deletionTimestamp").isEmpty();
  }

  /**
   * Whether its owner asked to keep it when it leaves the manifests (kubernetes-sigs/cli-utils).
   */
  boolean isProtected() {
    return live.text("metadata", "annotations", ON_REMOVE).equals("keep")
        || live.text("metadata", "annotations", DELETION).equals("detach");
  }

  /** The inventory it names. */
  Optional<String> owner() {
    return Optional.of(live.text("metadata", "annotations", InventoryPolicy.ANNOTATION))
        .filter(text -> !text.isEmpty());
  }
}
