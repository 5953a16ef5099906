package io.mooring.apply.cycle;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.desired.Labels;
import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.order.DependsOn;
import io.mooring.apply.order.PruneOrder;
import io.mooring.apply.ownership.InventoryPolicy;
import io.mooring.apply.report.Action;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects that left the manifests, unless they are somebody else's, protected, or still in
 * use. Whether anything may be deleted at all was decided before, by the {@link
 * io.mooring.apply.prune.PruneGuard}.
 */
final class Pruner {
  private final Settings settings;
  private final ObjectTable table;
  private final String inventoryId;
  private final Departures departures;
  private final Report report;
  private final Cancellation cancellation;
  private final Lanes lanes;

  /** Objects that leave the inventory: gone, given up, or never ours. */
  private final Set<ObjectRef> dropped = ConcurrentHashMap.newKeySet();

  Pruner(
      Settings settings,
      ObjectTable table,
      String inventoryId,
      Departures departures,
      Report report,
      Cancellation cancellation) {
    this.settings = settings;
    this.table = table;
    this.inventoryId = inventoryId;
    this.departures = departures;
    this.report = report;
    this.cancellation = cancellation;
    this.lanes = new Lanes(settings.options().pace().inFlight());
  }

  /**
   * Prunes.
   *
   * @param candidates the objects with their kinds, those that the server serves
   * @param usedNamespaces namespaces of the manifests and of the inventory
   * @return objects that leave the inventory
   */
  Set<ObjectRef> prune(Map<ObjectRef, ResourceType> candidates, Set<String> usedNamespaces)
      throws InterruptedException {
    Set<String> wantedUids = table.wantedUids();
    Map<ObjectRef, Candidate> found = new ConcurrentHashMap<>();
    lanes.forEach(
        candidates.entrySet(),
        cancellation,
        entry -> read(entry.getKey(), entry.getValue(), found));
    Map<ObjectRef, Candidate> going = new HashMap<>();
    for (Candidate candidate : found.values()) {
      if (isToGo(candidate, wantedUids, usedNamespaces)) {
        going.put(candidate.ref(), candidate);
      }
    }
    delete(going);
    return Set.copyOf(dropped);
  }

  private void read(ObjectRef ref, ResourceType type, Map<ObjectRef, Candidate> found)
      throws InterruptedException {
    try {
      Optional<JsonObject> live =
          settings.retry().send(cancellation, () -> settings.api().find(type.path(ref)));
      if (live.isPresent()) {
        table.observe(type, live.get());
        found.put(ref, new Candidate(ref, type, live.get()));
      } else {
        drop(ref, "");
      }
    } catch (ApiException e) {
      fail(ref, e);
    }
  }

  private void fail(ObjectRef ref, ApiException e) {
    String text = e.textFor(ref);
    table.decided(ref, Action.APPLY_FAILED, "cannot be pruned: " + text);
    report.pruneFailed(ref, text);
  }

  private void drop(ObjectRef ref, String message) {
    if (settings.options().dryRun() == DryRun.NONE) {
      dropped.add(ref);
      table.forget(ref, message);
    } else {
      table.decided(ref, Action.PRUNED, message);
    }
  }

  private boolean isToGo(Candidate candidate, Set<String> wantedUids, Set<String> usedNamespaces)
      throws InterruptedException {
    ObjectRef ref = candidate.ref();
    InventoryPolicy policy = settings.options().inventoryPolicy();
    if (wantedUids.contains(candidate.uid())) {
      drop(ref, "still applied, in another API group");
    } else if (!policy.allows(inventoryId, candidate.owner())) {
      drop(
          ref,
          candidate
              .owner()
              .map(owner -> "not pruned: it belongs to inventory " + owner)
              .orElse("not pruned: it belongs to no inventory"));
    } else if (candidate.isProtected()) {
      detach(candidate);
    } else if (ref.is("", "Namespace") && usedNamespaces.contains(ref.name())) {
      table.decided(
          ref, Action.SKIPPED, "not pruned: manifests or the inventory are in this namespace");
    } else if (candidate.isTerminating()) {
      departures.add(ref, candidate.type());
    } else {
      return true;
    }
    return false;
  }

  /** Leaves an object to others for good: it stays, without our marks. */
  private void detach(Candidate candidate) throws InterruptedException {
    ObjectRef ref = candidate.ref();
    Map<String, @Nullable Object> annotations = new HashMap<>();
    annotations.put(InventoryPolicy.ANNOTATION, null);
    Map<String, @Nullable Object> labels = new HashMap<>();
    labels.put(Labels.MANAGED, null);
    JsonObject patch =
        new JsonObject(Map.of("metadata", Map.of("annotations", annotations, "labels", labels)));
    try {
      if (settings.options().dryRun() == DryRun.NONE) {
        String path =
            candidate.type().path(ref)
                + "?fieldManager="
                + ResourceType.encode(settings.options().fieldManager());
        settings
            .retry()
            .send(
                cancellation,
                () -> settings.api().patch(path, KubernetesApi.MERGE, Json.write(patch)));
      }
      drop(ref, "kept in the cluster by its annotation; no longer managed");
    } catch (ApiException e) {
      if (e.isNotFound()) {
        drop(ref, "");
      } else {
        fail(ref, e);
      }
    }
  }

  /** Deletes round by round what nothing has to precede any more. */
  private void delete(Map<ObjectRef, Candidate> going) throws InterruptedException {
    Map<ObjectRef, Set<ObjectRef>> after = PruneOrder.of(dependencies(going)).after();
    Set<ObjectRef> left = new HashSet<>(going.keySet());
    Set<ObjectRef> present = new HashSet<>(left);
    present.addAll(departures.pending());
    while (!left.isEmpty() && !cancellation.isCancelled()) {
      List<ObjectRef> ready =
          after.entrySet().stream()
              .filter(entry -> left.contains(entry.getKey()))
              .filter(entry -> entry.getValue().stream().noneMatch(present::contains))
              .map(Map.Entry::getKey)
              .toList();
      if (ready.isEmpty()) {
        break; // what is left goes in a later cycle, when those before it are gone
      }
      lanes.forEach(ready, cancellation, ref -> delete(candidate(going, ref)));
      ready.forEach(left::remove);
      Set<ObjectRef> gone = departures.settle(cancellation);
      dropped.addAll(gone);
      present.removeIf(ref -> !left.contains(ref) && !departures.pending().contains(ref));
    }
    for (ObjectRef ref : left) {
      String first =
          after.getOrDefault(ref, Set.of()).stream()
              .filter(present::contains)
              .findFirst()
              .map(ObjectRef::toString)
              .orElse("others");
      table.decided(ref, Action.PENDING, "is pruned when " + first + " is gone");
    }
  }

  private static Candidate candidate(Map<ObjectRef, Candidate> going, ObjectRef ref) {
    Candidate candidate = going.get(ref);
    if (candidate == null) {
      throw new IllegalStateException(ref + " is not to be pruned");
    }
    return candidate;
  }

  private Map<ObjectRef, Set<ObjectRef>> dependencies(Map<ObjectRef, Candidate> going) {
    Map<ObjectRef, Set<ObjectRef>> dependencies = new HashMap<>();
    departures.pending().forEach(ref -> dependencies.put(ref, Set.of()));
    going.forEach((ref, candidate) -> dependencies.put(ref, dependsOn(candidate.live())));
    return dependencies;
  }

  private static Set<ObjectRef> dependsOn(JsonObject live) {
    try {
      return DependsOn.of(live);
    } catch (DependsOn.MalformedException e) {
      return Set.of(); // it was refused when it was applied; it may go at any time
    }
  }

  private void delete(Candidate candidate) throws InterruptedException {
    ObjectRef ref = candidate.ref();
    DryRun dryRun = settings.options().dryRun();
    try {
      if (dryRun == DryRun.CLIENT) {
        report.pruned();
        table.decided(ref, Action.PRUNED, "dry run: nothing was sent");
        return;
      }
      String path = candidate.type().path(ref) + (dryRun == DryRun.SERVER ? "?dryRun=All" : "");
      JsonObject answer =
          settings
              .retry()
              .send(cancellation, () -> settings.api().delete(path, options(candidate)));
      report.pruned();
      if (dryRun == DryRun.SERVER) {
        table.decided(ref, Action.PRUNED, "dry run: the server would delete it");
      } else if (answer.text("kind").equals("Status")
          || settings.options().prune().timeout().isZero()) {
        drop(ref, "");
      } else {
        departures.add(ref, candidate.type());
      }
    } catch (ApiException e) {
      if (e.isNotFound()) {
        drop(ref, "");
      } else {
        fail(ref, e);
      }
    }
  }

  /**
   * The UID makes sure that an object which was made anew meanwhile is not deleted for the old one.
   */
  private JsonObject options(Candidate candidate) {
    Map<String, @Nullable Object> options = new HashMap<>();
    options.put("apiVersion", "v1");
    options.put("kind", "DeleteOptions");
    options.put("propagationPolicy", settings.options().prune().propagation().wireName());
    options.put("preconditions", Map.of("uid", candidate.uid()));
    if (settings.options().dryRun() == DryRun.SERVER) {
      // Here and not only in the query: a server that finds a body does not look at the query.
      options.put("dryRun", List.of("All"));
    }
    return new JsonObject(options);
  }
}
