package io.mooring.kas.gitlab;

import com.google.protobuf.Timestamp;
import io.grpc.StatusException;
import io.mooring.protocol.yaml.Problem;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.agentevents.rpc.ConfigurationRejected;
import io.mooring.wire.agentevents.rpc.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts configuration files, and what is wrong with them, to GitLab. */
public final class GitLabConfigurationSink implements ConfigurationSink {
  private static final Logger log = LoggerFactory.getLogger(GitLabConfigurationSink.class);

  private final GitLabApi api;
  private final AgentReports reports;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Over one API. */
  public GitLabConfigurationSink(
      GitLabApi api, AgentReports reports, InstantSource clock, RandomGenerator random) {
    this.api = api;
    this.reports = reports;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public void configurationApplied(long agentId, ConfigurationFile file) {
    try {
      api.agentConfiguration(agentId, file);
    } catch (GitLabException e) {
      // 404 is a GitLab that is too old for the endpoint.
      (e.status() == 404 ? log.atDebug() : log.atError())
          .setCause(e)
          .addKeyValue("agent_id", agentId)
          .log("GitLab did not take the configuration of an agent");
    } catch (StatusException e) {
      log.atDebug()
          .setCause(e)
          .addKeyValue("agent_id", agentId)
          .log("Agent left before GitLab answered");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void rejected(long agentId, String commitId, List<Problem> problems) {
    ConfigurationRejected.Builder rejected =
        ConfigurationRejected.newBuilder().setCommitId(commitId);
    problems.forEach(problem -> rejected.addProblems(wire(problem)));
    Instant now = clock.instant();
    Event event =
        Event.newBuilder()
            .setId(new UUID(random.nextLong(), random.nextLong()).toString())
            .setTime(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .setConfigurationRejected(rejected)
            .build();
    try {
      reports.report(agentId, List.of(event));
    } catch (GitLabException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("agent_id", agentId)
          .addKeyValue("commit_id", commitId)
          .log("GitLab was not told that a configuration was rejected");
    } catch (StatusException e) {
      log.atDebug()
          .setCause(e)
          .addKeyValue("agent_id", agentId)
          .log("Agent left before GitLab answered");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static io.mooring.wire.agentevents.rpc.Problem wire(Problem problem) {
    String message =
        problem.path().isEmpty() ? problem.message() : problem.path() + ": " + problem.message();
    return io.mooring.wire.agentevents.rpc.Problem.newBuilder()
        .setFile(problem.file())
        .setLine(problem.line())
        .setColumn(problem.column())
        .setMessage(message)
        .setExpected(problem.expected())
        .build();
  }
}
