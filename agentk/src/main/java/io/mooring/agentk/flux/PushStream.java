package io.mooring.agentk.flux;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.worker.RetryLoop;
import io.mooring.agentk.worker.RetryLoop.Outcome;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.flux.rpc.GitLabFluxGrpc;
import io.mooring.wire.flux.rpc.Project;
import io.mooring.wire.flux.rpc.ReconcileProjectsRequest;
import io.mooring.wire.flux.rpc.ReconcileProjectsResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has kas tell of pushes to the projects that Receivers wait for. {@link #run} is the work of one
 * thread, which owns another one for the call to kas.
 */
final class PushStream {
  private static final Logger LOG = LoggerFactory.getLogger(PushStream.class);

  /** Receivers come in crowds; the call is made anew once for all of them. */
  private static final Duration DEBOUNCE = Duration.ofSeconds(10);

  private final GitLabFluxGrpc.GitLabFluxBlockingStub kas;
  private final Receivers receivers;
  private final Consumer<String> onPush;
  private final Workers workers;
  private final Timing timing;

  /**
   * A stream that has not begun.
   *
   * @param channel waits for kas
   * @param onPush told of the project that was pushed to
   */
  PushStream(
      Channel channel,
      Receivers receivers,
      Consumer<String> onPush,
      Workers workers,
      Timing timing) {
    this.kas = GitLabFluxGrpc.newBlockingStub(channel);
    this.receivers = receivers;
    this.onPush = onPush;
    this.workers = workers;
    this.timing = timing;
  }

  /** Runs until the thread is interrupted. */
  void run() throws InterruptedException {
    Set<String> projects = Set.of();
    Optional<Workers.Worker> call = Optional.empty();
    try {
      while (true) {
        receivers.awaitOtherThan(projects);
        timing.pause().sleep(DEBOUNCE);
        Set<String> now = receivers.projects();
        if (now.equals(projects)) {
          continue;
        }
        call.ifPresent(Workers.Worker::close);
        projects = now;
        call = now.isEmpty() ? Optional.empty() : Optional.of(start(now));
      }
    } finally {
      call.ifPresent(Workers.Worker::close);
    }
  }

  private Workers.Worker start(Set<String> projects) {
    var request = ReconcileProjectsRequest.newBuilder();
    projects.forEach(project -> request.addProject(Project.newBuilder().setId(project)));
    ReconcileProjectsRequest built = request.build();
    LOG.atInfo()
        .addKeyValue("projects_to_reconcile", projects.size())
        .log("Waiting for pushes on behalf of Flux");
    return workers.start(
        "flux pushes",
        () ->
            new RetryLoop(BackoffPolicy.STANDARD, timing).run(Duration.ZERO, () -> follow(built)));
  }

  private Outcome follow(ReconcileProjectsRequest request) {
    boolean told = false;
    try {
      Iterator<ReconcileProjectsResponse> responses = kas.reconcileProjects(request);
      while (responses.hasNext()) {
        told = true;
        onPush.accept(responses.next().getProject().getId());
      }
      return told ? Outcome.PROGRESS : Outcome.NOTHING;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.CANCELLED) {
        LOG.atWarn().setCause(e).log("kas cannot tell of pushes for Flux, will ask again");
      }
      return Outcome.FAILURE;
    }
  }
}
