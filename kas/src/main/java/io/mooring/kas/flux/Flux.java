package io.mooring.kas.flux;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.gitlab.ProjectAccess;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.notifications.GitPushEvents;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.rpc.ResponseStream;
import io.mooring.kas.rpc.Wakeup;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.event.Project;
import io.mooring.wire.flux.rpc.GitLabFluxGrpc;
import io.mooring.wire.flux.rpc.ReconcileProjectsRequest;
import io.mooring.wire.flux.rpc.ReconcileProjectsResponse;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code ReconcileProjects}: tells an agent of every push to one of the projects it names, as long
 * as its connection lives. Thread-safe.
 */
public final class Flux implements Feature {
  private static final Logger log = LoggerFactory.getLogger(Flux.class);

  private final AgentLookup agents;
  private final ProjectAccess access;
  private final GitPushEvents pushes;
  private final Counters counters;
  private final BackoffPolicy backoff;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * What is counted.
   *
   * @param usage for GitLab
   * @param told pushes that agents were told of
   * @param dropped pushes that found the queue full
   */
  public record Counters(UsageCounters usage, CounterDataPoint told, CounterDataPoint dropped) {}

  /**
   * Wires the feature.
   *
   * @param backoff pauses while GitLab cannot tell who the agent is
   */
  public Flux(
      AgentLookup agents,
      ProjectAccess access,
      GitPushEvents pushes,
      Counters counters,
      BackoffPolicy backoff,
      InstantSource clock,
      RandomGenerator random) {
    this.agents = agents;
    this.access = access;
    this.pushes = pushes;
    this.counters = counters;
    this.backoff = backoff;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public List<ServerServiceDefinition> agentServices() {
    return List.of(new Service().bindService());
  }

  private void tell(
      ReconcileProjectsRequest request, ResponseStream<ReconcileProjectsResponse> stream)
      throws StatusException, InterruptedException {
    AgentToken token = AgentToken.current();
    Optional<AgentInfo> agent = identify(token);
    if (agent.isEmpty()) {
      return;
    }
    Set<String> paths =
        request.getProjectList().stream()
            .map(io.mooring.wire.flux.rpc.Project::getId)
            .collect(Collectors.toUnmodifiableSet());
    try (PushQueue queue = new PushQueue();
        GitPushEvents.Subscription _ =
            pushes.subscribe(paths, project -> enqueue(queue, project, agent.get()))) {
      for (Optional<Project> next = queue.take(); next.isPresent(); next = queue.take()) {
        if (mayRead(token, next.get(), agent.get())) {
          send(next.get(), stream);
        }
      }
    }
  }

  /** Empty when the connection got old, or its agent left, before GitLab answered. */
  private Optional<AgentInfo> identify(AgentToken token)
      throws StatusException, InterruptedException {
    Backoff pauses = new Backoff(backoff, clock, random);
    try (Wakeup wakeup = new Wakeup()) {
      while (true) {
        try {
          return Optional.of(agents.agent(token));
        } catch (StatusException e) {
          if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
            throw e;
          }
        }
        switch (wakeup.await(pauses.next())) {
          case NOTICE, TIMEOUT -> {}
          case EXPIRED, CANCELLED -> {
            return Optional.empty();
          }
        }
      }
    }
  }

  private void enqueue(PushQueue queue, Project project, AgentInfo agent) {
    if (!queue.offer(project)) {
      counters.dropped().inc();
      log.atWarn()
          .addKeyValue("agent_id", agent.agentId())
          .addKeyValue("project_id", project.getFullPath())
          .log("Dropped a push, the agent is too slow to be told of it");
    }
  }

  private boolean mayRead(AgentToken token, Project project, AgentInfo agent) {
    try {
      if (access.mayRead(token, project.getFullPath())) {
        return true;
      }
      log.atDebug()
          .addKeyValue("agent_id", agent.agentId())
          .addKeyValue("project_id", project.getFullPath())
          .log("Agent may not read the project, it is not told of a push");
    } catch (StatusException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("agent_id", agent.agentId())
          .addKeyValue("project_id", project.getFullPath())
          .log("Dropped a push, GitLab does not say whether the agent may know of it");
    }
    return false;
  }

  private void send(Project project, ResponseStream<ReconcileProjectsResponse> stream)
      throws StatusException, InterruptedException {
    counters.usage().increment("flux_git_push_notifications_total");
    counters.usage().addUnique("flux_git_push_notified_unique_projects", project.getId());
    counters.told().inc();
    stream.send(
        ReconcileProjectsResponse.newBuilder()
            .setProject(io.mooring.wire.flux.rpc.Project.newBuilder().setId(project.getFullPath()))
            .build());
  }

  private final class Service extends GitLabFluxGrpc.GitLabFluxImplBase {
    @Override
    public void reconcileProjects(
        ReconcileProjectsRequest request, StreamObserver<ReconcileProjectsResponse> responses) {
      ResponseStream.serve(responses, stream -> tell(request, stream));
    }
  }
}
