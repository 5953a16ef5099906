package io.mooring.apply.cycle;

import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.report.ObjectState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What of an {@link ObjectTable} was not reported yet; guarded by the table's lock. */
final class News {
  private final Set<ObjectRef> changed = new HashSet<>();
  private final Set<ObjectRef> overdue = new HashSet<>();
  private final List<ObjectState> departed = new ArrayList<>();

  boolean isEmpty() {
    return changed.isEmpty() && departed.isEmpty();
  }

  void changed(ObjectRef ref) {
    changed.add(ref);
  }

  /** An object left the table; this is the last that is said of it. */
  void departed(ObjectState last) {
    changed.remove(last.object());
    overdue.remove(last.object());
    departed.add(last);
  }

  /**
   * Takes the states to report, and of the whole table when {@code all}. Objects that became
   * overdue since the last call are among them, though nothing happened to them.
   */
  List<ObjectState> take(
      Collection<Entry> entries, Instant now, Duration reconcileTimeout, boolean all) {
    List<ObjectState> states = new ArrayList<>();
    if (!all) {
      states.addAll(departed);
    }
    for (Entry entry : entries) {
      boolean late = entry.isOverdue(now, reconcileTimeout);
      boolean lateness = late ? overdue.add(entry.ref) : overdue.remove(entry.ref);
      if (all || lateness || changed.contains(entry.ref)) {
        states.add(entry.state(now, reconcileTimeout));
      }
    }
    departed.clear();
    changed.clear();
    return states;
  }
}
