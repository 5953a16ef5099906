package io.mooring.apply.options;

import io.mooring.apply.ownership.InventoryPolicy;
import io.mooring.apply.prune.PruneOptions;
import java.time.Duration;
import java.util.Objects;

/**
 * What an engine does and does not do; one entry of {@code gitops.manifest_projects} and the
 * agent's id.
 *
 * @param agentId numeric id of the agent; part of the inventory's default name
 * @param defaultNamespace for namespaced objects that name none, and for the inventory
 * @param fieldManager name under which fields are owned on the server
 * @param inventoryPolicy which existing objects may be touched
 * @param dryRun whether changes are only tried
 * @param prune how objects that left the manifests are deleted
 * @param reconcileTimeout how long an object may take to become current before it is reported as
 *     failed and before those that depend on it are skipped; zero: nobody waits
 */
public record EngineOptions(
    long agentId,
    String defaultNamespace,
    String fieldManager,
    InventoryPolicy inventoryPolicy,
    DryRun dryRun,
    PruneOptions prune,
    Duration reconcileTimeout,
    Pace pace) {

  public EngineOptions {
    if (agentId <= 0) {
      throw new IllegalArgumentException("agent id: " + agentId + " (expected: a positive number)");
    }
    if (defaultNamespace.isEmpty() || fieldManager.isEmpty()) {
      throw new IllegalArgumentException("default namespace and field manager must not be empty");
    }
    if (reconcileTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "reconcile timeout: " + reconcileTimeout + " (expected: 0 or more)");
    }
    Objects.requireNonNull(inventoryPolicy, "inventoryPolicy");
    Objects.requireNonNull(dryRun, "dryRun");
    Objects.requireNonNull(prune, "prune");
    Objects.requireNonNull(pace, "pace");
  }

  /** The defaults of the agent's configuration file: see docs/gitops.md. */
  public static EngineOptions defaults(long agentId) {
    return new EngineOptions(
        agentId,
        "default",
        "agentk",
        InventoryPolicy.MUST_MATCH,
        DryRun.NONE,
        PruneOptions.defaults(),
        Duration.ofHours(1),
        Pace.defaults());
  }

  public EngineOptions withDefaultNamespace(String value) {
    return new EngineOptions(
        agentId, value, fieldManager, inventoryPolicy, dryRun, prune, reconcileTimeout, pace);
  }

  public EngineOptions withFieldManager(String value) {
    return new EngineOptions(
        agentId, defaultNamespace, value, inventoryPolicy, dryRun, prune, reconcileTimeout, pace);
  }

  public EngineOptions withInventoryPolicy(InventoryPolicy value) {
    return new EngineOptions(
        agentId, defaultNamespace, fieldManager, value, dryRun, prune, reconcileTimeout, pace);
  }

  public EngineOptions withDryRun(DryRun value) {
    return new EngineOptions(
        agentId,
        defaultNamespace,
        fieldManager,
        inventoryPolicy,
        value,
        prune,
        reconcileTimeout,
        pace);
  }

  public EngineOptions withPrune(PruneOptions value) {
    return new EngineOptions(
        agentId,
        defaultNamespace,
        fieldManager,
        inventoryPolicy,
        dryRun,
        value,
        reconcileTimeout,
        pace);
  }

  public EngineOptions withReconcileTimeout(Duration value) {
    return new EngineOptions(
        agentId, defaultNamespace, fieldManager, inventoryPolicy, dryRun, prune, value, pace);
  }

  public EngineOptions withPace(Pace value) {
    return new EngineOptions(
        agentId,
        defaultNamespace,
        fieldManager,
        inventoryPolicy,
        dryRun,
        prune,
        reconcileTimeout,
        value);
  }
}
