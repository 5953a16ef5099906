package io.mooring.gitlab.agent;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Json;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agentevents.rpc.Problem;
import io.mooring.wire.agentevents.rpc.SourceState;
import io.mooring.wire.agentevents.rpc.SyncFinished;
import io.mooring.wire.agentevents.rpc.SyncStarted;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes in what agents report and keeps the last state. An event that comes a second time changes
 * nothing, and neither does one that is older than what is known. Thread-safe.
 */
@Repository
public class AgentReports {
  /** An agent that was away longer than this sends everything anew. */
  static final Duration REMEMBERED = Duration.ofDays(1);

  private final JdbcClient jdbc;
  private final AgentFeed feed;
  private final ObjectReports objects;
  private final Failures failures;
  private final ApplicationEventPublisher listeners;
  private final InstantSource clock;

  AgentReports(
      JdbcClient jdbc,
      AgentFeed feed,
      ObjectReports objects,
      Failures failures,
      ApplicationEventPublisher listeners,
      InstantSource clock) {
    this.jdbc = jdbc;
    this.feed = feed;
    this.objects = objects;
    this.failures = failures;
    this.listeners = listeners;
    this.clock = clock;
  }

  /** Takes in a batch, all or nothing. */
  @Transactional
  public void accept(long agentId, List<Event> events) {
    for (Event event : events) {
      int added =
          jdbc.sql(
                  """
                  insert into agent_report_events (agent_id, event_id, received_at)
                  values (:agent, :event, :now) on conflict do nothing\
                  """)
              .param("agent", agentId)
              .param("event", event.getId())
              .param("now", SqlTime.of(clock.instant()))
              .update();
      if (added > 0) {
        accept(agentId, event);
      }
    }
  }

  private void accept(long agentId, Event event) {
    OffsetDateTime time = time(event.getTime());
    switch (event.getEventCase()) {
      case CONFIGURATION_APPLIED ->
          configuration(
              agentId, event.getConfigurationApplied().getCommitId(), "applied", List.of(), time);
      case CONFIGURATION_REJECTED ->
          configuration(
              agentId,
              event.getConfigurationRejected().getCommitId(),
              "rejected",
              event.getConfigurationRejected().getProblemsList(),
              time);
      case SYNC_STARTED -> started(agentId, event.getSyncStarted(), time);
      case SYNC_FINISHED -> finished(agentId, event.getSyncFinished(), time);
      case SOURCE_STATE -> source(agentId, event.getSourceState(), time);
      case OBJECT_STATES -> objects.states(agentId, event.getObjectStates(), time);
      case WARNING_EVENT -> objects.warning(agentId, event.getWarningEvent(), time);
      case AGENT_CONNECTED -> {
        feed.tell(
            agentId,
            "agent_connected",
            time.toInstant(),
            ReportNotices.connected(event.getAgentConnected()));
        listeners.publishEvent(new AgentHappening.Connected(agentId, time.toInstant()));
      }
      case AGENT_DISCONNECTED -> disconnected(agentId, "agent_disconnected", time.toInstant());
      case AGENT_LOST -> disconnected(agentId, "agent_lost", time.toInstant());
      case EVENT_NOT_SET -> {
        // Of a newer agent: nothing here that could be shown.
      }
    }
  }

  private void disconnected(long agentId, String type, Instant at) {
    feed.tell(agentId, type, at, AgentFeed.data());
    listeners.publishEvent(new AgentHappening.Disconnected(agentId, at));
  }

  private void configuration(
      long agentId, String commitId, String status, List<Problem> problems, OffsetDateTime time) {
    int changed =
        jdbc.sql(
                """
                insert into agent_configuration_states as s (agent_id, commit_id, status, problems, updated_at)
                values (:agent, :commit, :status, cast(:problems as jsonb), :time)
                on conflict (agent_id) do update set commit_id = excluded.commit_id, status = excluded.status,
                  problems = excluded.problems, updated_at = excluded.updated_at
                where s.updated_at <= excluded.updated_at\
                """)
            .param("agent", agentId)
            .param("commit", text(commitId))
            .param("status", status)
            .param("problems", json(problems))
            .param("time", time)
            .update();
    if (changed > 0) {
      ObjectNode data = ReportNotices.configuration(commitId, problems);
      feed.tell(agentId, "configuration_" + status, time.toInstant(), data);
      if (status.equals("applied")) {
        failures.ended(agentId, Failures.CONFIGURATION);
      } else if (failures.began(
          agentId, Failures.CONFIGURATION, text(commitId), time.toInstant())) {
        listeners.publishEvent(
            new AgentHappening.ConfigurationRefused(agentId, time.toInstant(), data));
      }
    }
  }

  private void started(long agentId, SyncStarted sync, OffsetDateTime time) {
    int changed =
        jdbc.sql(
                """
                insert into agent_deployments as d
                  (agent_id, project_path, commit_id, outcome, started_at, updated_at)
                values (:agent, :project, :commit, 'running', :time, :time)
                on conflict (agent_id, project_path) do update set commit_id = excluded.commit_id,
                  outcome = 'running', message = '', problems = '[]', started_at = excluded.started_at,
                  finished_at = null, updated_at = excluded.updated_at
                where d.updated_at <= excluded.updated_at\
                """)
            .param("agent", agentId)
            .param("project", text(sync.getProjectId()))
            .param("commit", text(sync.getCommitId()))
            .param("time", time)
            .update();
    if (changed > 0) {
      feed.tell(agentId, "sync_started", time.toInstant(), ReportNotices.started(sync));
    }
  }

  private void finished(long agentId, SyncFinished sync, OffsetDateTime time) {
    String outcome =
        switch (sync.getOutcome()) {
          case SUCCEEDED -> "succeeded";
          case HALTED -> "halted";
          case FAILED, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> "failed";
        };
    int changed =
        jdbc.sql(
                """
                insert into agent_deployments as d (agent_id, project_path, commit_id, outcome, message, problems,
                  applied, unchanged, pruned, failed, received_at, started_at, finished_at, updated_at)
                values (:agent, :project, :commit, :outcome, :message, cast(:problems as jsonb),
                  :applied, :unchanged, :pruned, :failed, :received, :started, :time, :time)
                on conflict (agent_id, project_path) do update set commit_id = excluded.commit_id,
                  outcome = excluded.outcome, message = excluded.message, problems = excluded.problems,
                  applied = excluded.applied, unchanged = excluded.unchanged, pruned = excluded.pruned,
                  failed = excluded.failed, received_at = excluded.received_at,
                  started_at = coalesce(excluded.started_at, d.started_at),
                  finished_at = excluded.finished_at, updated_at = excluded.updated_at
                where d.updated_at <= excluded.updated_at\
                """)
            .param("agent", agentId)
            .param("project", text(sync.getProjectId()))
            .param("commit", text(sync.getCommitId()))
            .param("outcome", outcome)
            .param("message", text(sync.getMessage()))
            .param("problems", json(sync.getProblemsList()))
            .param("applied", sync.getApplied())
            .param("unchanged", sync.getUnchanged())
            .param("pruned", sync.getPruned())
            .param("failed", sync.getFailed())
            .param("received", optionalTime(sync.hasReceivedAt(), sync.getReceivedAt()))
            .param("started", optionalTime(sync.hasStartedAt(), sync.getStartedAt()))
            .param("time", time)
            .update();
    if (changed > 0) {
      ObjectNode data = ReportNotices.finished(sync, outcome);
      Instant at = time.toInstant();
      feed.tell(agentId, outcome.equals("failed") ? "sync_failed" : "sync_finished", at, data);
      String project = text(sync.getProjectId());
      if (outcome.equals("succeeded")) {
        if (failures.ended(agentId, project)) {
          listeners.publishEvent(new AgentHappening.SyncRecovered(agentId, at, data));
        }
      } else if (failures.began(agentId, project, text(sync.getCommitId()), at)) {
        listeners.publishEvent(new AgentHappening.SyncFailed(agentId, at, data));
      }
    }
  }

  /** Keeps a refusal beside the result of the commit in place, which stays. */
  private void source(long agentId, SourceState source, OffsetDateTime time) {
    boolean refused = !source.getRefusal().isEmpty();
    var statement =
        jdbc.sql(
            refused
                ? """
                insert into agent_deployments as d
                  (agent_id, project_path, commit_id, outcome, refusal, refusal_at, updated_at)
                values (:agent, :project, :commit, 'failed', :refusal, :time, '-infinity')
                on conflict (agent_id, project_path) do update
                  set refusal = excluded.refusal, refusal_at = excluded.refusal_at
                where d.refusal_at <= excluded.refusal_at\
                """
                : """
                update agent_deployments set refusal = '', refusal_at = :time
                where agent_id = :agent and project_path = :project
                  and refusal <> '' and refusal_at <= :time\
                """);
    if (refused) {
      statement =
          statement
              .param("commit", text(source.getCommitId()))
              .param("refusal", text(source.getRefusal()));
    }
    int changed =
        statement
            .param("agent", agentId)
            .param("project", text(source.getProjectId()))
            .param("time", time)
            .update();
    if (changed > 0) {
      ObjectNode data = ReportNotices.source(source);
      Instant at = time.toInstant();
      feed.tell(agentId, refused ? "source_refused" : "source_delivered", at, data);
      String failure = Failures.ofSource(text(source.getProjectId()));
      if (!refused && failures.ended(agentId, failure)) {
        listeners.publishEvent(new AgentHappening.SyncRecovered(agentId, at, data));
      } else if (refused && failures.began(agentId, failure, text(source.getCommitId()), at)) {
        listeners.publishEvent(new AgentHappening.SyncFailed(agentId, at, data));
      }
    }
  }

  /** Forgets which events came long ago. */
  @Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.HOURS)
  void forgetOldEvents() {
    jdbc.sql("delete from agent_report_events where received_at < :limit")
        .param("limit", SqlTime.of(clock.instant().minus(REMEMBERED)))
        .update();
  }

  private static String json(List<Problem> problems) {
    return Json.MAPPER.writeValueAsString(
        problems.stream().map(AgentState.ProblemView::of).toList());
  }

  /** PostgreSQL's text cannot hold the NUL character. */
  static String text(String value) {
    return value.indexOf('\0') < 0 ? value : value.replace("\0", "");
  }

  /** A clock that runs ahead must not hide what comes after it. */
  private OffsetDateTime time(Timestamp timestamp) {
    Instant happened = Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    Instant now = clock.instant();
    return SqlTime.of(happened.isAfter(now) ? now : happened);
  }

  private static SqlParameterValue optionalTime(boolean present, Timestamp timestamp) {
    return new SqlParameterValue(
        Types.TIMESTAMP_WITH_TIMEZONE,
        Optional.of(timestamp)
            .filter(ignored -> present)
            .map(value -> SqlTime.of(Instant.ofEpochMilli(Timestamps.toMillis(value))))
            .orElse(null));
  }
}
