package io.mooring.gitlab.agent;

import io.mooring.wire.agentevents.rpc.Problem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last state of an agent as the API shows it. */
public record AgentState(
    long agentId,
    @Nullable Configuration configuration,
    List<Deployment> deployments,
    List<Warning> warnings) {

  /** What became of the configuration file. */
  public record Configuration(
      String commitId, String status, List<ProblemView> problems, Instant updatedAt) {}

  /**
   * What became of a commit of one manifest project.
   *
   * @param refusal why a newer commit cannot be had; empty when none is refused
   */
  public record Deployment(
      String projectPath,
      String commitId,
      String outcome,
      String message,
      List<ProblemView> problems,
      int applied,
      int unchanged,
      int pruned,
      int failed,
      @Nullable Instant receivedAt,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      String refusal,
      @Nullable Instant refusedAt,
      List<ObjectView> objects) {}

  /** One object in the cluster. */
  public record ObjectView(
      String group,
      String kind,
      String namespace,
      String name,
      String action,
      String health,
      String message,
      Source source) {}

  /** Where the manifest of an object stands; line and column count from 1, 0 is unknown. */
  public record Source(String file, int line, int column) {}

  /** What Kubernetes complained about. */
  public record Warning(
      String projectPath,
      String group,
      String kind,
      String namespace,
      String name,
      String reason,
      String message,
      int count,
      Instant happenedAt) {}

  /** What is wrong where in a file. */
  public record ProblemView(String file, int line, int column, String message, String expected) {
    static ProblemView of(Problem problem) {
      return new ProblemView(
          AgentReports.text(problem.getFile()),
          problem.getLine(),
          problem.getColumn(),
          AgentReports.text(problem.getMessage()),
          AgentReports.text(problem.getExpected()));
    }
  }
}
