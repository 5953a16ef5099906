package io.mooring.apply.cycle;

import io.mooring.apply.desired.Desired;
import io.mooring.apply.manifest.Position;
import io.mooring.apply.object.Fingerprint;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.status.Health;
import io.mooring.apply.status.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A line of the {@link ObjectTable}, guarded by its lock. */
final class Entry {
  /**
   * A moment at which the cluster was as the manifest says.
   *
   * @param manifest stands for the manifest
   * @param owned stands for the fields we owned then
   */
  record Synced(Fingerprint manifest, Fingerprint owned) {}

  final ObjectRef ref;
  @Nullable Desired desired;
  @Nullable LiveMark live;
  @Nullable Synced synced;
  Status status = Status.NOT_FOUND;
  Action action = Action.PENDING;
  String message = "";
  String conflict = "";
  Instant since;

  Entry(ObjectRef ref, Instant since) {
    this.ref = ref;
    this.since = since;
  }

  boolean isInSync() {
    return desired != null
        && live != null
        && synced != null
        && !live.terminating()
        && synced.manifest().equals(desired.fingerprint())
        && live.owned().equals(Optional.of(synced.owned()));
  }

  /** Whether the manifest was applied once and the fields we own are no longer the same. */
  boolean hasDrifted() {
    return desired != null
        && live != null
        && synced != null
        && !live.terminating()
        && synced.manifest().equals(desired.fingerprint())
        && !live.owned().equals(Optional.of(synced.owned()));
  }

  /** When it counts as failed for not getting current. */
  Optional<Instant> deadline(Duration reconcileTimeout) {
    return status.health() == Health.IN_PROGRESS && desired != null && !reconcileTimeout.isZero()
        ? Optional.of(since.plus(reconcileTimeout))
        : Optional.empty();
  }

  /** Whether a new cycle wants something else than the one before. */
  boolean differsFrom(Desired wanted) {
    return desired == null
        || !desired.fingerprint().equals(wanted.fingerprint())
        || !desired.position().equals(wanted.position());
  }

  boolean isOverdue(Instant now, Duration reconcileTimeout) {
    return deadline(reconcileTimeout).filter(deadline -> !now.isBefore(deadline)).isPresent();
  }

  ObjectState state(Instant now, Duration reconcileTimeout) {
    boolean late = isOverdue(now, reconcileTimeout);
    String why =
        late
            ? "not current within " + reconcileTimeout.toSeconds() + " s: " + status.message()
            : status.message();
    String text = !message.isEmpty() ? message : hasDrifted() ? conflict : why;
    Position position = desired == null ? Position.NONE : desired.position();
    return new ObjectState(ref, action, late ? Health.FAILED : status.health(), text, position);
  }
}
