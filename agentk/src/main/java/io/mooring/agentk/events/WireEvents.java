package io.mooring.agentk.events;

import com.google.protobuf.Timestamp;
import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.status.Health;
import io.mooring.wire.agentevents.rpc.ConfigurationRejected;
import io.mooring.wire.agentevents.rpc.ObjectRef;
import io.mooring.wire.agentevents.rpc.ObjectState;
import io.mooring.wire.agentevents.rpc.Problem;
import io.mooring.wire.agentevents.rpc.SourceState;
import io.mooring.wire.agentevents.rpc.SyncFinished;
import io.mooring.wire.agentevents.rpc.WarningEvent;
import java.time.Instant;

/** The agent's values as messages. */
final class WireEvents {
  /** The agent knows the file only by this name; kas and GitLab know the whole path. */
  private static final String CONFIGURATION_FILE = "config.yaml";

  /** Texts come from the cluster too; a longer one helps nobody. */
  private static final int MAX_TEXT = 2_000;

  private WireEvents() {}

  static Timestamp time(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static ConfigurationRejected rejected(String commitId, ConfigurationRejectedException reason) {
    return ConfigurationRejected.newBuilder()
        .setCommitId(commitId)
        .addProblems(
            Problem.newBuilder()
                .setFile(CONFIGURATION_FILE)
                .setMessage(text(reason.path() + ": " + reason.problem()))
                .setExpected(text(reason.expected())))
        .build();
  }

  static SyncFinished finished(String project, SyncResult result) {
    var finished =
        SyncFinished.newBuilder()
            .setProjectId(project)
            .setCommitId(result.commitId())
            .setOutcome(outcome(result.outcome()))
            .setMessage(text(result.message()))
            .setReceivedAt(time(result.receivedAt()))
            .setStartedAt(time(result.startedAt()))
            .setApplied(result.applied())
            .setUnchanged(result.unchanged())
            .setPruned(result.pruned())
            .setFailed(result.failed());
    result.problems().forEach(problem -> finished.addProblems(problem(problem)));
    return finished.build();
  }

  static SourceState source(String project, String commitId, String refusal) {
    return SourceState.newBuilder()
        .setProjectId(project)
        .setCommitId(commitId)
        .setRefusal(text(refusal))
        .build();
  }

  static ObjectState state(io.mooring.apply.report.ObjectState state) {
    var source = state.source();
    return ObjectState.newBuilder()
        .setObject(object(state.object()))
        .setAction(action(state.action()))
        .setHealth(health(state.health()))
        .setMessage(text(state.message()))
        .setSource(
            Problem.newBuilder()
                .setFile(source.file())
                .setLine(source.line())
                .setColumn(source.column()))
        .build();
  }

  static WarningEvent warning(String project, io.mooring.apply.report.WarningEvent event) {
    return WarningEvent.newBuilder()
        .setProjectId(project)
        .setObject(object(event.object()))
        .setReason(event.reason())
        .setMessage(text(event.message()))
        .setCount(event.count())
        .build();
  }

  private static Problem problem(io.mooring.apply.manifest.Problem problem) {
    return Problem.newBuilder()
        .setFile(problem.position().file())
        .setLine(problem.position().line())
        .setColumn(problem.position().column())
        .setMessage(text(problem.message()))
        .setExpected(text(problem.expected()))
        .build();
  }

  private static ObjectRef object(io.mooring.apply.object.ObjectRef ref) {
    return ObjectRef.newBuilder()
        .setGroup(ref.group())
        .setKind(ref.kind())
        .setNamespace(ref.namespace())
        .setName(ref.name())
        .build();
  }

  private static SyncFinished.Outcome outcome(Outcome outcome) {
    return switch (outcome) {
      case SUCCEEDED -> SyncFinished.Outcome.SUCCEEDED;
      case FAILED -> SyncFinished.Outcome.FAILED;
      case HALTED -> SyncFinished.Outcome.HALTED;
    };
  }

  private static ObjectState.Action action(Action action) {
    return switch (action) {
      case PENDING -> ObjectState.Action.ACTION_UNSPECIFIED;
      case CREATED -> ObjectState.Action.CREATED;
      case CONFIGURED -> ObjectState.Action.CONFIGURED;
      case UNCHANGED -> ObjectState.Action.UNCHANGED;
      case PRUNED -> ObjectState.Action.PRUNED;
      case SKIPPED -> ObjectState.Action.SKIPPED;
      case APPLY_FAILED -> ObjectState.Action.APPLY_FAILED;
    };
  }

  private static ObjectState.Health health(Health health) {
    return switch (health) {
      case CURRENT -> ObjectState.Health.CURRENT;
      case IN_PROGRESS -> ObjectState.Health.IN_PROGRESS;
      case FAILED -> ObjectState.Health.FAILED;
      case TERMINATING -> ObjectState.Health.TERMINATING;
      case NOT_FOUND -> ObjectState.Health.NOT_FOUND;
    };
  }

  private static String text(String text) {
    return text.length() <= MAX_TEXT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, MAX_TEXT) - 1))
            + "...";
  }
}
