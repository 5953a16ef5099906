package io.mooring.apply.cycle;

import io.mooring.apply.manifest.Position;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.SyncResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects what a cycle did. Safe for any thread. */
final class Report {
  private final Map<ObjectRef, Applied> outcomes = new HashMap<>();
  private final List<Problem> errors = new ArrayList<>();
  private int errorCount;
  private int pruned;
  private int pruneFailures;

  /** Something went wrong apart from applying an object. */
  synchronized void error(Problem problem) {
    errorCount++;
    if (errors.size() < SyncResult.MAX_PROBLEMS) {
      errors.add(problem);
    }
  }

  /** An apply ended, well or not. */
  synchronized void applied(Applied applied, Position position) {
    outcomes.put(applied.ref(), applied);
    if (applied.isFailure() && errors.size() < SyncResult.MAX_PROBLEMS) {
      errors.add(Problem.at(position, applied.ref() + ": " + applied.message()));
    }
  }

  synchronized void pruned() {
    pruned++;
  }

  synchronized void pruneFailed(ObjectRef ref, String message) {
    pruneFailures++;
    if (errors.size() < SyncResult.MAX_PROBLEMS) {
      errors.add(Problem.at(Position.NONE, "cannot prune " + ref + ": " + message));
    }
  }

  synchronized boolean isApplied(ObjectRef ref) {
    Applied applied = outcomes.get(ref);
    return applied != null && !applied.isFailure();
  }

  synchronized boolean isDecided(ObjectRef ref) {
    return outcomes.containsKey(ref);
  }

  /** Objects that are certainly not ours after this cycle. */
  synchronized Set<ObjectRef> refused() {
    return outcomes.values().stream()
        .filter(applied -> applied.isFailure() && applied.refused())
        .map(Applied::ref)
        .collect(Collectors.toSet());
  }

  /** Objects this cycle wrote. */
  synchronized Set<ObjectRef> written() {
    return outcomes.values().stream()
        .filter(applied ->
            switch (applied.action()) {
              case CREATED, CONFIGURED -> true;
              case PENDING, UNCHANGED, PRUNED, SKIPPED, APPLY_FAILED -> false;
            })
        .map(Applied::ref)
        .collect(Collectors.toSet());
  }

  synchronized int appliedCount() {
    return written().size();
  }

  synchronized int unchangedCount() {
    return (int)
        outcomes.values().stream().filter(applied -> applied.action() == Action.UNCHANGED).count();
  }

  synchronized int prunedCount() {
    return pruned;
  }

  synchronized int failedCount() {
    return (int) outcomes.values().stream().filter(Applied::isFailure).count() + pruneFailures;
  }

  /** Files and objects that failed before anything was pruned. */
  synchronized int errorCount() {
    return errorCount + failedCount();
  }

  synchronized List<Problem> errors() {
    return List.copyOf(errors);
  }
}
