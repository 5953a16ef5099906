package io.mooring.apply.cycle;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.cluster.RestMapping;
import io.mooring.apply.desired.Desired;
import io.mooring.apply.desired.DesiredState;
import io.mooring.apply.desired.Labels;
import io.mooring.apply.desired.Resolver;
import io.mooring.apply.inventory.AmbiguousInventoryException;
import io.mooring.apply.inventory.Inventory;
import io.mooring.apply.inventory.InventoryIdentity;
import io.mooring.apply.inventory.InventoryStore;
import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.order.ApplyOrder;
import io.mooring.apply.order.Tier;
import io.mooring.apply.prune.PruneGuard;
import io.mooring.apply.report.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One pass over a batch: resolve, note in the inventory what will be there, apply, prune, note what
 * is there. The order of the two notes is what makes a pass safe to be killed anywhere: the
 * inventory never lacks an object we made. Run by one thread; one instance serves all passes of an
 * engine.
 */
public final class Cycle {
  /** A list of what is managed takes a fraction of this; past it, objects are read one by one. */
  private static final Duration WATCHES = Duration.ofSeconds(30);

  private final Settings settings;
  private final ObjectTable table;
  private final WatchSet watches;
  private final Healer healer;
  private final InstantSource clock;
  private final RestMapping mapping;
  private final InventoryStore store;
  private final Departures departures;
  private final Results results;

  /** With the parts it shares with the threads between passes. */
  public Cycle(
      Settings settings, ObjectTable table, WatchSet watches, Healer healer, InstantSource clock) {
    this.settings = settings;
    this.table = table;
    this.watches = watches;
    this.healer = healer;
    this.clock = clock;
    this.mapping = new RestMapping(settings.api());
    this.store =
        new InventoryStore(
            settings.api(),
            settings.retry(),
            Labels.INVENTORY_ID,
            PruneGuard.ALLOW,
            settings.options().fieldManager());
    this.departures = new Departures(settings, table, clock);
    this.results = new Results(settings.options().dryRun(), clock);
  }

  /** A pass that cannot go on at all; its text is for people. */
  private static final class HopelessException extends Exception {
    private static final long serialVersionUID = 1L;

    HopelessException(String text) {
      super(text);
    }
  }

  /** What one pass works with. */
  private record Pass(
      Work work,
      Instant startedAt,
      Cancellation cancellation,
      Report report,
      InventoryIdentity identity,
      Map<ObjectRef, Desired> desired,
      Inventory before) {}

  /** Runs a pass; comes back early when it is cancelled. */
  public CycleEnd run(Work work, Cancellation cancellation) throws InterruptedException {
    Instant startedAt = clock.instant();
    Report report = new Report();
    work.reading().errors().forEach(report::error);
    DesiredState.Split split = Resolver.split(work.reading().manifests());
    Optional<InventoryIdentity> identity = Optional.empty();
    try {
      identity = Optional.of(identity(work, split.inventories()));
      DesiredState state = resolve(identity.get(), split.others(), cancellation);
      state.errors().forEach(report::error);
      if (settings.allOrNothing() && report.errorCount() > 0) {
        throw new HopelessException("nothing is applied, problems: " + report.errorCount());
      }
      Inventory before = store.load(identity.get(), cancellation);
      Pass pass =
          new Pass(work, startedAt, cancellation, report, identity.get(), state.objects(), before);
      PruneGuard.Verdict verdict = carryOut(pass, state);
      return end(pass, verdict);
    } catch (ApiException e) {
      return failed(work, startedAt, report, identity, String.valueOf(e.getMessage()));
    } catch (AmbiguousInventoryException | HopelessException e) {
      return failed(work, startedAt, report, identity, String.valueOf(e.getMessage()));
    }
  }

  private InventoryIdentity identity(Work work, List<Manifest> inventories)
      throws HopelessException {
    if (inventories.isEmpty()) {
      return InventoryIdentity.byDefault(
          settings.options().agentId(), work.projectId(), settings.options().defaultNamespace());
    }
    Manifest first = inventories.getFirst();
    if (inventories.size() > 1) {
      throw new HopelessException(
          "several inventories among the manifests: "
              + inventories.stream()
                  .map(it -> it.position().toString())
                  .collect(Collectors.joining(", "))
              + " (expected: at most one object with the label "
              + Labels.INVENTORY_ID
              + ")");
    }
    if (!first.ref().is("", "ConfigMap")) {
      throw new HopelessException(
          first.position()
              + ": the inventory is a "
              + first.ref().kind()
              + " (expected: a ConfigMap)");
    }
    return InventoryIdentity.of(
        first.content(), Labels.INVENTORY_ID, settings.options().defaultNamespace());
  }

  private DesiredState resolve(
      InventoryIdentity identity, List<Manifest> manifests, Cancellation cancellation)
      throws ApiException, InterruptedException {
    return settings
        .retry()
        .send(
            cancellation,
            () ->
                new Resolver(mapping, settings.options().defaultNamespace(), identity.id())
                    .resolve(manifests));
  }

  private PruneGuard.Verdict carryOut(Pass pass, DesiredState state)
      throws ApiException, AmbiguousInventoryException, InterruptedException {
    Map<ObjectRef, ResourceType> candidates = candidates(pass);
    Set<ObjectRef> leaving = new HashSet<>(pass.before().objects());
    leaving.removeAll(pass.desired().keySet());
    table.begin(pass.desired(), leaving);
    departures.retain(leaving);

    boolean real = settings.options().dryRun() == DryRun.NONE;
    if (real) {
      watch(pass, state.later(), candidates);
    }
    Applier applier = new Applier(settings, table, pass.identity().id(), watches);
    if (real) {
      healer.use(applier);
    }
    ApplyOrder order = order(pass);
    ApplyPhase phase =
        new ApplyPhase(
            settings, table, applier, clock, pass.desired(), pass.report(), pass.cancellation());
    phase.refuse(order);
    Inventory union = real ? writeUnion(pass, applier) : pass.before();
    apply(pass, phase, order, state, candidates);

    PruneGuard.Verdict verdict = judge(pass, leaving);
    Set<ObjectRef> dropped = new HashSet<>();
    if (verdict instanceof PruneGuard.Verdict.Proceed
        && !leaving.isEmpty()
        && !pass.cancellation().isCancelled()) {
      dropped.addAll(prune(pass, phase, leaving, candidates));
    } else {
      noteKept(leaving, verdict);
    }
    if (real && !pass.cancellation().isCancelled()) {
      writeFinal(pass, union, dropped);
    }
    return verdict;
  }

  /** The kinds of objects that left the manifests; the server may no longer serve some. */
  private Map<ObjectRef, ResourceType> candidates(Pass pass)
      throws ApiException, InterruptedException {
    Map<ObjectRef, ResourceType> types = new HashMap<>();
    boolean refreshed = false;
    for (ObjectRef ref : pass.before().objects()) {
      if (pass.desired().containsKey(ref)) {
        continue;
      }
      Optional<ResourceType> type = mapping.findAny(ref.group(), ref.kind());
      if (type.isEmpty() && !refreshed) {
        refreshed = true;
        mapping.forget();
        type = mapping.findAny(ref.group(), ref.kind());
      }
      type.ifPresent(it -> types.put(ref, it));
    }
    return types;
  }

  private void watch(Pass pass, Set<ObjectRef> later, Map<ObjectRef, ResourceType> candidates)
      throws InterruptedException {
    Map<ResourceType, Set<String>> wanted = new HashMap<>();
    pass.desired()
        .values()
        .forEach(it -> {
          if (!later.contains(it.ref())) {
            wanted.computeIfAbsent(it.type(), type -> new HashSet<>()).add(it.ref().namespace());
          }
        });
    candidates.forEach((ref, type) -> {
      boolean watched = wanted.keySet().stream().anyMatch(it -> ref.is(it.group(), it.kind()));
      if (!watched) {
        wanted.computeIfAbsent(type, it -> new HashSet<>()).add(ref.namespace());
      }
    });
    watches.watch(wanted, pass.identity().id(), WATCHES);
  }

  private static ApplyOrder order(Pass pass) {
    Map<ObjectRef, Set<ObjectRef>> dependencies = new LinkedHashMap<>();
    pass.desired().forEach((ref, object) -> dependencies.put(ref, object.dependsOn()));
    return ApplyOrder.of(dependencies);
  }

  /** Before anything is made the inventory lists it. */
  private Inventory writeUnion(Pass pass, Applier applier)
      throws ApiException, AmbiguousInventoryException, InterruptedException {
    Set<ObjectRef> union = new HashSet<>(pass.before().objects());
    union.addAll(pass.desired().keySet());
    if (union.equals(pass.before().objects())) {
      return pass.before();
    }
    try {
      return store.write(pass.before(), union, pass.cancellation());
    } catch (ApiException e) {
      Desired namespace =
          pass.desired().get(new ObjectRef("", "Namespace", "", pass.identity().namespace()));
      if (!e.isNamespaceNotFound() || namespace == null) {
        throw e;
      }
      // The inventory is to be in a namespace that the batch itself brings.
      pass.report().applied(applier.apply(namespace, pass.cancellation()), namespace.position());
      return store.write(pass.before(), union, pass.cancellation());
    }
  }

  private void apply(
      Pass pass,
      ApplyPhase phase,
      ApplyOrder order,
      DesiredState state,
      Map<ObjectRef, ResourceType> candidates)
      throws InterruptedException {
    for (Tier tier : Tier.values()) {
      phase.apply(tier, order);
      if (tier == Tier.DEFINITION
          && !state.later().isEmpty()
          && settings.options().dryRun() == DryRun.NONE
          && !pass.cancellation().isCancelled()) {
        phase.awaitDefinitions(order);
        mapping.forget();
        watch(pass, Set.of(), candidates);
      }
    }
    phase.applyWaiting(order);
  }

  private PruneGuard.Verdict judge(Pass pass, Set<ObjectRef> leaving) {
    return PruneGuard.judge(
        new PruneGuard.Case(
            pass.work().commitId(),
            pass.report().errorCount(),
            pass.desired().size(),
            pass.before().objects().size(),
            leaving.size(),
            pass.before().allowedPrune()),
        settings.options().prune());
  }

  private void noteKept(Set<ObjectRef> leaving, PruneGuard.Verdict verdict) {
    String why =
        switch (verdict) {
          case PruneGuard.Verdict.Proceed() -> "left the manifests";
          case PruneGuard.Verdict.Skip(String text) -> text;
          case PruneGuard.Verdict.Halt(String text) -> text;
        };
    Set<ObjectRef> departing = departures.pending();
    leaving.stream()
        .filter(ref -> !departing.contains(ref))
        .forEach(ref -> table.decided(ref, Action.SKIPPED, "not pruned: " + why));
  }

  private Set<ObjectRef> prune(
      Pass pass, ApplyPhase phase, Set<ObjectRef> leaving, Map<ObjectRef, ResourceType> candidates)
      throws InterruptedException {
    if (settings.options().dryRun() == DryRun.NONE) {
      phase.awaitWritten();
    }
    Set<ObjectRef> dropped = new HashSet<>();
    if (pass.cancellation().isCancelled()) {
      return dropped;
    }
    for (ObjectRef ref : leaving) {
      if (!candidates.containsKey(ref)) {
        dropped.add(ref);
        if (settings.options().dryRun() == DryRun.NONE) {
          table.forget(ref, "the cluster no longer serves its kind");
        }
      }
    }
    Set<String> namespaces = new HashSet<>();
    pass.desired().keySet().forEach(ref -> namespaces.add(ref.namespace()));
    namespaces.add(pass.identity().namespace());
    Pruner pruner =
        new Pruner(
            settings, table, pass.identity().id(), departures, pass.report(), pass.cancellation());
    dropped.addAll(pruner.prune(candidates, namespaces));
    return dropped;
  }

  /** Afterwards the inventory lists what is managed, neither more nor less. */
  private void writeFinal(Pass pass, Inventory union, Set<ObjectRef> dropped)
      throws ApiException, AmbiguousInventoryException, InterruptedException {
    Set<ObjectRef> managed = new HashSet<>(union.objects());
    managed.removeAll(dropped);
    for (ObjectRef ref : pass.report().refused()) {
      boolean ours =
          table
              .view(ref)
              .live()
              .flatMap(LiveMark::owner)
              .filter(pass.identity().id()::equals)
              .isPresent();
      boolean before = pass.before().objects().contains(ref) && table.view(ref).live().isEmpty();
      if (!ours && !before) {
        managed.remove(ref);
      }
    }
    if (!managed.equals(union.objects())) {
      store.write(union, managed, pass.cancellation());
    }
  }

  private CycleEnd end(Pass pass, PruneGuard.Verdict verdict) {
    return new CycleEnd(
        results.of(pass.work(), pass.startedAt(), pass.report(), verdict),
        Optional.of(pass.identity()),
        !departures.pending().isEmpty());
  }

  private CycleEnd failed(
      Work work,
      Instant startedAt,
      Report report,
      Optional<InventoryIdentity> identity,
      String why) {
    return new CycleEnd(
        results.ofFailure(work, startedAt, report, why), identity, !departures.pending().isEmpty());
  }

  /**
   * Looks after objects on their way out; returns whether some are gone now, so that a pass should
   * follow.
   */
  public boolean lookAfterDepartures(Cancellation cancellation) throws InterruptedException {
    return !departures.look(cancellation).isEmpty();
  }
}
