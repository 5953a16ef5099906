package io.mooring.kas.gitops;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.config.GitopsSettings;
import io.mooring.kas.git.GitalyException;
import io.mooring.kas.git.RefTip;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.git.Repository;
import io.mooring.kas.git.Traffic;
import io.mooring.kas.git.TreeFile;
import io.mooring.kas.gitlab.ProjectInfo;
import io.mooring.kas.gitlab.ProjectLookup;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.notifications.GitPushEvents;
import io.mooring.kas.rpc.ResponseStream;
import io.mooring.kas.rpc.Rounds;
import io.mooring.kas.rpc.StatusText;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.wire.gitops.rpc.GitRefCF;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code GetObjectsToSynchronize}: waits for a new commit and delivers it. Owned by the thread
 * of the RPC.
 */
final class Synchronization implements Rounds.Look {
  private static final Logger log = LoggerFactory.getLogger(Synchronization.class);
  private static final String FAILED =
      "GitOps: failed to get objects to synchronize: manifest file: ";

  /**
   * What every synchronisation needs.
   *
   * @param settings limits
   * @param agents tells who asks
   * @param projects tells where the manifests are
   * @param repositories read them
   * @param usage counts deliveries
   */
  record Parts(
      GitopsSettings settings,
      AgentLookup agents,
      ProjectLookup projects,
      Repositories repositories,
      UsageCounters usage) {}

  private final Parts parts;
  private final ObjectsToSynchronizeRequest request;
  private final ResponseStream<ObjectsToSynchronizeResponse> stream;
  private final GitPushEvents.Subscription pushes;
  private final AgentToken token = AgentToken.current();
  private @Nullable AgentInfo agent;

  Synchronization(
      Parts parts,
      ObjectsToSynchronizeRequest request,
      ResponseStream<ObjectsToSynchronizeResponse> stream,
      GitPushEvents.Subscription pushes) {
    this.parts = parts;
    this.request = request;
    this.stream = stream;
    this.pushes = pushes;
  }

  /** Whether pushes matter: a commit asked for by its id never changes. */
  static boolean isPinned(ObjectsToSynchronizeRequest request) {
    return request.getRef().hasCommit();
  }

  @Override
  public Rounds.Outcome run() throws StatusException, InterruptedException {
    ProjectInfo project;
    AgentInfo info;
    try {
      info = agent == null ? parts.agents().agent(token) : agent;
      agent = info;
      project = parts.projects().project(token, request.getProjectId());
    } catch (StatusException e) {
      return Rounds.retryIfUnavailable(e);
    }
    Repository repository = new Repository(project.gitaly(), project.repository());
    Traffic traffic = new Traffic();
    if (isPinned(request)) {
      String commit = request.getRef().getCommit();
      return commit.equals(request.getCommitId())
          ? Rounds.Outcome.HOLD
          : deliver(info, project, repository, commit, commit, traffic);
    }
    String ref = refName(request.getRef());
    RefTip tip;
    try {
      tip = parts.repositories().tip(repository, ref, traffic);
    } catch (GitalyException e) {
      warn(e, info, "Git repository cannot be read");
      return Rounds.Outcome.RETRY;
    }
    return switch (tip) {
      case RefTip.EmptyRepository() -> Rounds.Outcome.WAIT;
      case RefTip.Missing() ->
          throw Status.NOT_FOUND
              .withDescription(
                  StatusText.fitting(
                      "GitOps: repository poll failed: " + RefTip.missing(ref).getMessage()))
              .asException();
      case RefTip.Found(String commit) ->
          commit.equals(request.getCommitId())
              ? Rounds.Outcome.WAIT
              : deliver(info, project, repository, ref, commit, traffic);
    };
  }

  /** Ends the notices. */
  @Override
  public void close() {
    pushes.close();
  }

  private Rounds.Outcome deliver(
      AgentInfo info,
      ProjectInfo project,
      Repository repository,
      String branch,
      String commit,
      Traffic traffic)
      throws StatusException, InterruptedException {
    log.atInfo()
        .addKeyValue("agent_id", info.agentId())
        .addKeyValue("project_id", request.getProjectId())
        .addKeyValue("commit_id", commit)
        .log("Sending objects");
    Delivery delivery =
        new Delivery(parts.settings(), parts.repositories(), repository, branch, commit, traffic);
    Selection selection;
    try {
      selection = delivery.select(request.getPathsList());
      send(project, commit, delivery, selection.chosen());
    } catch (SelectionException e) {
      throw refused(Status.FAILED_PRECONDITION, e, info);
    } catch (GitalyException e) {
      throw failed(e, info);
    }
    log.atInfo()
        .addKeyValue("agent_id", info.agentId())
        .addKeyValue("project_id", request.getProjectId())
        .addKeyValue("commit_id", commit)
        .addKeyValue("files_visited", selection.visited())
        .addKeyValue("files_sent", selection.chosen().size())
        .addKeyValue("bytes_from_git", traffic.bytes())
        .log("Sent objects");
    parts.usage().increment("gitops_sync");
    return Rounds.Outcome.DONE;
  }

  private void send(ProjectInfo project, String commit, Delivery delivery, List<TreeFile> files)
      throws SelectionException, GitalyException, StatusException, InterruptedException {
    var header =
        ObjectsToSynchronizeResponse.Header.newBuilder()
            .setCommitId(commit)
            .setProjectId(project.projectId());
    stream.send(ObjectsToSynchronizeResponse.newBuilder().setHeader(header).build());
    delivery.send(files, stream);
    stream.send(
        ObjectsToSynchronizeResponse.newBuilder()
            .setTrailer(ObjectsToSynchronizeResponse.Trailer.getDefaultInstance())
            .build());
  }

  private StatusException failed(GitalyException e, AgentInfo info) {
    Context context = Context.current();
    if (context.isCancelled()) {
      return Status.fromThrowable(
              context.cancellationCause() == null ? e : context.cancellationCause())
          .asException();
    }
    return refused(e.causedByUser() ? Status.FAILED_PRECONDITION : Status.UNAVAILABLE, e, info);
  }

  private StatusException refused(Status status, Exception e, AgentInfo info) {
    warn(e, info, "Objects cannot be sent");
    return status
        .withDescription(StatusText.fitting(FAILED + e.getMessage()))
        .withCause(e)
        .asException();
  }

  private void warn(Exception e, AgentInfo info, String message) {
    log.atWarn()
        .addKeyValue("error", e.getMessage())
        .addKeyValue("agent_id", info.agentId())
        .addKeyValue("project_id", request.getProjectId())
        .log(message);
  }

  private static String refName(GitRefCF ref) {
    return switch (ref.getRefCase()) {
      case TAG -> "refs/tags/" + ref.getTag();
      case BRANCH -> "refs/heads/" + ref.getBranch();
      case COMMIT, REF_NOT_SET -> "HEAD";
    };
  }
}
