package io.mooring.apply.cycle;

import io.mooring.apply.manifest.Position;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.prune.PruneGuard;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Says in a result what a pass did. */
record Results(DryRun dryRun, InstantSource clock) {

  /** The result of a pass that came to its end. */
  SyncResult of(Work work, Instant startedAt, Report report, PruneGuard.Verdict verdict) {
    boolean failed = report.errorCount() > 0;
    boolean halted = verdict instanceof PruneGuard.Verdict.Halt;
    Outcome outcome = failed ? Outcome.FAILED : halted ? Outcome.HALTED : Outcome.SUCCEEDED;
    String message =
        switch (verdict) {
          case PruneGuard.Verdict.Halt(String why) when !failed -> why;
          case PruneGuard.Verdict.Halt(String why) -> summary(report) + "; " + why;
          case PruneGuard.Verdict.Skip(String why) -> summary(report) + "; " + why;
          case PruneGuard.Verdict.Proceed() -> summary(report);
        };
    return result(work, outcome, message, startedAt, report);
  }

  /** The result of a pass that could not go on. */
  SyncResult ofFailure(Work work, Instant startedAt, Report report, String why) {
    report.error(Problem.at(Position.NONE, why));
    return result(work, Outcome.FAILED, why, startedAt, report);
  }

  private String summary(Report report) {
    String prefix =
        switch (dryRun) {
          case NONE -> "";
          case CLIENT -> "dry run (client): ";
          case SERVER -> "dry run (server): ";
        };
    return prefix
        + "%d applied, %d unchanged, %d pruned, %d failed"
            .formatted(
                report.appliedCount(),
                report.unchangedCount(),
                report.prunedCount(),
                report.errorCount());
  }

  private SyncResult result(
      Work work, Outcome outcome, String message, Instant startedAt, Report report) {
    List<Problem> problems = new ArrayList<>(report.errors());
    problems.addAll(work.reading().warnings());
    return new SyncResult(
        work.projectId(),
        work.commitId(),
        outcome,
        message,
        problems,
        work.receivedAt(),
        startedAt,
        clock.instant(),
        report.appliedCount(),
        report.unchangedCount(),
        report.prunedCount(),
        report.failedCount());
  }
}
