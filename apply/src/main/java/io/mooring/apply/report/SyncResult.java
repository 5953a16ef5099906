package io.mooring.apply.report;

import io.mooring.apply.manifest.Problem;
import java.time.Instant;
import java.util.List;

/**
 * The result of one cycle over one batch.
 *
 * @param projectId numeric id of the manifest project
 * @param commitId the commit
 * @param message one sentence for people, never empty
 * @param problems what went wrong; of a cycle that succeeded: warnings. At most {@link
 *     #MAX_PROBLEMS}.
 * @param receivedAt when the batch was submitted
 * @param startedAt when this cycle began
 * @param finishedAt when this cycle ended
 * @param applied objects created or changed
 * @param unchanged objects found as they should be, not written
 * @param pruned objects whose deletion the server accepted
 * @param failed objects that could not be applied or pruned
 */
public record SyncResult(
    long projectId,
    String commitId,
    Outcome outcome,
    String message,
    List<Problem> problems,
    Instant receivedAt,
    Instant startedAt,
    Instant finishedAt,
    int applied,
    int unchanged,
    int pruned,
    int failed) {

  /** A person reads no more than this, and a report of 20,000 files has to stay small. */
  public static final int MAX_PROBLEMS = 100;

  public SyncResult {
    problems = List.copyOf(problems.subList(0, Math.min(problems.size(), MAX_PROBLEMS)));
  }
}
