package io.mooring.apply.cycle;

import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.desired.Desired;
import io.mooring.apply.manifest.Position;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.order.ApplyOrder;
import io.mooring.apply.order.Tier;
import io.mooring.apply.report.Action;
import io.mooring.apply.status.Health;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Applies a batch in its order: tier after tier, then what waits for others as soon as those are
 * current. What waits never holds up what does not.
 */
final class ApplyPhase {
  /**
   * How long a wait for others may be when nothing else bounds it; a person sees it long before.
   */
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final Settings settings;
  private final ObjectTable table;
  private final Applier applier;
  private final InstantSource clock;
  private final Lanes lanes;
  private final Map<ObjectRef, Desired> desired;
  private final Report report;
  private final Cancellation cancellation;

  ApplyPhase(
      Settings settings,
      ObjectTable table,
      Applier applier,
      InstantSource clock,
      Map<ObjectRef, Desired> desired,
      Report report,
      Cancellation cancellation) {
    this.settings = settings;
    this.table = table;
    this.applier = applier;
    this.clock = clock;
    this.lanes = new Lanes(settings.options().pace().inFlight());
    this.desired = desired;
    this.report = report;
    this.cancellation = cancellation;
  }

  /** Applies all objects of a tier that wait for nothing. */
  void apply(Tier tier, ApplyOrder order) throws InterruptedException {
    applyAll(order.tiers().getOrDefault(tier, List.of()));
  }

  /** Refuses what the order refuses. */
  void refuse(ApplyOrder order) {
    order.refused().forEach((ref, why) -> note(new Applied(ref, Action.APPLY_FAILED, why, true)));
  }

  private void note(Applied applied) {
    table.decided(applied.ref(), applied.action(), applied.message());
    report.applied(applied, position(applied.ref()));
  }

  private Position position(ObjectRef ref) {
    Desired object = desired.get(ref);
    return object == null ? Position.NONE : object.position();
  }

  private void applyAll(Collection<ObjectRef> refs) throws InterruptedException {
    lanes.forEach(
        refs,
        cancellation,
        ref -> {
          Desired object = desired.get(ref);
          if (object != null && !report.isDecided(ref)) {
            report.applied(applier.apply(object, cancellation), object.position());
          }
        });
  }

  /** Waits until the definitions of a batch are served, so that their objects can follow. */
  void awaitDefinitions(ApplyOrder order) throws InterruptedException {
    List<ObjectRef> definitions =
        order.tiers().getOrDefault(Tier.DEFINITION, List.of()).stream()
            .filter(report::isApplied)
            .toList();
    table.await(
        cancellation,
        settings.options().pace().established(),
        () -> definitions.stream().noneMatch(ref -> health(ref) == Health.IN_PROGRESS));
  }

  private Health health(ObjectRef ref) {
    return table.view(ref).status().health();
  }

  /** Applies what waits for others, each as soon as it may. */
  void applyWaiting(ApplyOrder order) throws InterruptedException {
    Map<ObjectRef, Set<ObjectRef>> waiting = new LinkedHashMap<>(order.waiting());
    while (!waiting.isEmpty() && !cancellation.isCancelled()) {
      List<ObjectRef> ready = new ArrayList<>();
      boolean moved = false;
      for (Map.Entry<ObjectRef, Set<ObjectRef>> entry : List.copyOf(waiting.entrySet())) {
        ObjectRef ref = entry.getKey();
        Optional<String> hopeless = hopeless(entry.getValue(), waiting.keySet());
        if (hopeless.isPresent()) {
          note(new Applied(ref, Action.APPLY_FAILED, hopeless.get(), true));
        } else if (entry.getValue().stream().allMatch(this::isReached)) {
          ready.add(ref);
        } else {
          continue;
        }
        waiting.remove(ref);
        moved = true;
      }
      applyAll(ready);
      if (!moved) {
        awaitMove(waiting);
      }
    }
  }

  private void awaitMove(Map<ObjectRef, Set<ObjectRef>> waiting) throws InterruptedException {
    waiting.forEach((ref, needed) ->
        table.decided(
            ref,
            Action.PENDING,
            "waits for "
                + needed.stream()
                    .filter(it -> !isReached(it))
                    .findFirst()
                    .map(ObjectRef::toString)
                    .orElse("others")));
    table.await(
        cancellation,
        LONGEST_WAIT,
        () ->
            waiting.values().stream()
                .anyMatch(needed ->
                    hopeless(needed, waiting.keySet()).isPresent()
                        || needed.stream().allMatch(this::isReached)));
  }

  /** Whether what depends on an object may follow it. */
  private boolean isReached(ObjectRef ref) {
    return report.isApplied(ref) && (!waits() || health(ref) == Health.CURRENT);
  }

  private boolean waits() {
    return settings.options().dryRun() == DryRun.NONE
        && !settings.options().reconcileTimeout().isZero();
  }

  /** Why something will never be applied in this cycle. */
  private Optional<String> hopeless(Set<ObjectRef> needed, Set<ObjectRef> waiting) {
    for (ObjectRef ref : needed) {
      if (!report.isApplied(ref)) {
        if (!waiting.contains(ref) || report.isDecided(ref)) {
          return Optional.of("depends on " + ref + ", which was not applied");
        }
        continue;
      }
      ObjectTable.View view = table.view(ref);
      Duration timeout = settings.options().reconcileTimeout();
      Instant deadline = view.since().plus(timeout);
      if (waits() && view.status().health() == Health.FAILED) {
        return Optional.of("depends on " + ref + ", which failed: " + view.status().message());
      }
      if (waits()
          && view.status().health() != Health.CURRENT
          && !clock.instant().isBefore(deadline)) {
        return Optional.of(
            "depends on "
                + ref
                + ", which is not current within "
                + timeout.toSeconds()
                + " s: "
                + view.status().message());
      }
    }
    return Optional.empty();
  }

  /**
   * Waits until what this cycle wrote is current or has failed: what it replaces is pruned after
   * that.
   */
  void awaitWritten() throws InterruptedException {
    Set<ObjectRef> written = report.written();
    table.await(
        cancellation,
        settings.options().reconcileTimeout(),
        () -> written.stream().noneMatch(ref -> health(ref) == Health.IN_PROGRESS));
  }
}
