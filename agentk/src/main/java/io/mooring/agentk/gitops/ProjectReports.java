package io.mooring.agentk.gitops;

import io.mooring.apply.report.EngineListener;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs what the engine of one project does and passes it on under the project's path. */
final class ProjectReports implements EngineListener {
  private static final Logger LOG = LoggerFactory.getLogger(ProjectReports.class);

  private final String project;
  private final List<SyncListener> listeners;

  ProjectReports(String project, List<SyncListener> listeners) {
    this.project = project;
    this.listeners = List.copyOf(listeners);
  }

  @Override
  public void syncStarted(long projectId, String commitId) {
    listeners.forEach(listener -> listener.syncStarted(project, commitId));
  }

  @Override
  public void syncFinished(SyncResult result) {
    LoggingEventBuilder line =
        (result.outcome() == Outcome.SUCCEEDED ? LOG.atInfo() : LOG.atWarn())
            .addKeyValue("project_id", project)
            .addKeyValue("commit_id", result.commitId())
            .addKeyValue(
                "duration_in_ms",
                Duration.between(result.startedAt(), result.finishedAt()).toMillis())
            .addKeyValue("applied", result.applied())
            .addKeyValue("unchanged", result.unchanged())
            .addKeyValue("pruned", result.pruned());
    switch (result.outcome()) {
      case SUCCEEDED -> line.log("Applied objects");
      case FAILED ->
          error(line, result)
              .addKeyValue("failed", result.failed())
              .log("Objects could not all be applied, will try again");
      case HALTED -> error(line, result).log("Applied objects, prune waits for a person");
    }
    listeners.forEach(listener -> listener.syncFinished(project, result));
  }

  private static LoggingEventBuilder error(LoggingEventBuilder line, SyncResult result) {
    return line.addKeyValue("error", result.message()).addKeyValue("problems", result.problems());
  }

  @Override
  public void objectStates(
      long projectId, String commitId, boolean reset, List<ObjectState> states) {
    listeners.forEach(listener -> listener.objectStates(project, commitId, reset, states));
  }

  @Override
  public void warningEvent(long projectId, WarningEvent event) {
    listeners.forEach(listener -> listener.warningEvent(project, event));
  }
}
