package io.mooring.apply.cycle;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.report.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Objects whose deletion the server accepted and that are still there: finalizers take their time.
 * They stay in the inventory until they are gone. Asked by the thread that runs cycles.
 */
final class Departures {
  /** Long enough for the garbage collector's usual work, short enough to be no wait. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private static final Duration FIRST_LOOK = Duration.ofMillis(50);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

  private record Departure(ResourceType type, Instant since) {}

  private final Settings settings;
  private final ObjectTable table;
  private final InstantSource clock;
  private final Lanes lanes;
  private final Map<ObjectRef, Departure> departures = new ConcurrentHashMap<>();

  Departures(Settings settings, ObjectTable table, InstantSource clock) {
    this.settings = settings;
    this.table = table;
    this.clock = clock;
    this.lanes = new Lanes(settings.options().pace().inFlight());
  }

  void add(ObjectRef ref, ResourceType type) {
    departures.putIfAbsent(ref, new Departure(type, clock.instant()));
  }

  Set<ObjectRef> pending() {
    return Set.copyOf(departures.keySet());
  }

  /** Keeps only those that are still of interest. */
  void retain(Set<ObjectRef> refs) {
    departures.keySet().retainAll(refs);
  }

  /**
   * Waits a moment for objects to go.
   *
   * @return those of all that are gone now
   */
  Set<ObjectRef> settle(Cancellation cancellation) throws InterruptedException {
    Set<ObjectRef> gone = ConcurrentHashMap.newKeySet();
    Instant end = clock.instant().plus(GRACE);
    Duration pause = FIRST_LOOK;
    look(gone, cancellation);
    while (!departures.isEmpty() && clock.instant().isBefore(end) && !cancellation.await(pause)) {
      look(gone, cancellation);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_LOOK) < 0 ? pause.multipliedBy(2) : LONGEST_LOOK;
    }
    return gone;
  }

  /** Looks once; notes what is overdue and forgets what is gone. */
  Set<ObjectRef> look(Cancellation cancellation) throws InterruptedException {
    Set<ObjectRef> gone = ConcurrentHashMap.newKeySet();
    look(gone, cancellation);
    return gone;
  }

  private void look(Set<ObjectRef> gone, Cancellation cancellation) throws InterruptedException {
    Map<ObjectRef, Departure> now = new HashMap<>(departures);
    lanes.forEach(
        now.keySet(),
        cancellation,
        ref -> {
          Departure departure = departures.get(ref);
          if (departure != null && isGone(ref, departure)) {
            departures.remove(ref);
            gone.add(ref);
            table.forget(ref, "");
          }
        });
  }

  private boolean isGone(ObjectRef ref, Departure departure) throws InterruptedException {
    try {
      return settings
          .api()
          .find(departure.type().path(ref))
          .map(live -> {
            table.observe(departure.type(), live);
            noteOverdue(ref, departure);
            return false;
          })
          .orElse(true);
    } catch (ApiException e) {
      return false; // the next look will tell
    }
  }

  private void noteOverdue(ObjectRef ref, Departure departure) {
    Duration timeout = settings.options().prune().timeout();
    boolean overdue =
        !timeout.isZero() && !clock.instant().isBefore(departure.since().plus(timeout));
    String finalizers = table.view(ref).status().message();
    table.decided(
        ref,
        Action.PENDING,
        overdue
            ? "not gone within " + timeout.toSeconds() + " s (prune_timeout): " + finalizers
            : finalizers);
  }
}
