package io.mooring.kas.gitops;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.config.GitopsSettings;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.gitlab.ProjectLookup;
import io.mooring.kas.gitops.Synchronization.Parts;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.notifications.GitPushEvents;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.rpc.ResponseStream;
import io.mooring.kas.rpc.Rounds;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.gitops.rpc.GitopsGrpc;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Sends agents the manifests of their projects, whenever there is a new commit (modules.md 1).
 * Thread-safe.
 */
public final class Gitops implements Feature {
  private final Parts parts;
  private final GitPushEvents pushes;
  private final BackoffPolicy backoff;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * Wires the feature.
   *
   * @param backoff pauses after a failure of GitLab or Gitaly
   */
  public Gitops(
      GitopsSettings settings,
      AgentLookup agents,
      ProjectLookup projects,
      Repositories repositories,
      GitPushEvents pushes,
      UsageCounters usage,
      BackoffPolicy backoff,
      InstantSource clock,
      RandomGenerator random) {
    this.parts = new Parts(settings, agents, projects, repositories, usage);
    this.pushes = pushes;
    this.backoff = backoff;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public List<ServerServiceDefinition> agentServices() {
    return List.of(new Service().bindService());
  }

  private Rounds.Look open(
      ObjectsToSynchronizeRequest request,
      ResponseStream<ObjectsToSynchronizeResponse> stream,
      Runnable notice)
      throws StatusException {
    if (request.getPathsCount() > parts.settings().maxNumberOfPaths()) {
      throw Status.INVALID_ARGUMENT
          .withDescription(
              "GitOps: too many paths: "
                  + request.getPathsCount()
                  + " (expected: at most "
                  + parts.settings().maxNumberOfPaths()
                  + ", agent.gitops.max_number_of_paths of kas)")
          .asException();
    }
    GitPushEvents.Subscription subscription =
        Synchronization.isPinned(request)
            ? () -> {}
            : pushes.subscribe(request.getProjectId(), notice);
    return new Synchronization(parts, request, stream, subscription);
  }

  private final class Service extends GitopsGrpc.GitopsImplBase {
    @Override
    public void getObjectsToSynchronize(
        ObjectsToSynchronizeRequest request,
        StreamObserver<ObjectsToSynchronizeResponse> responses) {
      Rounds.serve(
          responses,
          new Rounds.Pace(parts.settings().pollPeriod(), new Backoff(backoff, clock, random)),
          (stream, notice) -> open(request, stream, notice));
    }
  }
}
