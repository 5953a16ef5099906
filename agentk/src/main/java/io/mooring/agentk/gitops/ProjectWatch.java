package io.mooring.agentk.gitops;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.worker.RetryLoop;
import io.mooring.agentk.worker.RetryLoop.Outcome;
import io.mooring.agentk.worker.Timing;
import io.mooring.apply.Batch;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.gitops.rpc.GitopsGrpc;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps asking kas for the manifests of one project and hands on whole batches. One thread. */
final class ProjectWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ProjectWatch.class);

  /**
   * How long a watch of one commit sleeps between looks at nothing: it only waits to be stopped.
   */
  private static final Duration FOREVER = Duration.ofDays(365);

  private final GitopsGrpc.GitopsBlockingStub kas;
  private final ManifestProject project;
  private final Consumer<Batch> receiver;
  private final SourceListener source;
  private final Timing timing;
  private String commitId = "";

  /** What an earlier process told of this project is not known. */
  private boolean knownDelivered;

  /**
   * A watch that has not begun.
   *
   * @param channel waits for kas
   * @param receiver takes a batch quickly
   * @param source hears whether the newest commit can be had
   */
  ProjectWatch(
      Channel channel,
      ManifestProject project,
      Consumer<Batch> receiver,
      SourceListener source,
      Timing timing) {
    this.kas = GitopsGrpc.newBlockingStub(channel);
    this.project = project;
    this.receiver = receiver;
    this.source = source;
    this.timing = timing;
  }

  /** Runs until the thread is interrupted. */
  void run() throws InterruptedException {
    new RetryLoop(BackoffPolicy.STANDARD, timing).run(FOREVER, this::follow);
  }

  private Outcome follow() {
    try {
      Optional<Batch> batch = receive();
      if (batch.isEmpty()) {
        delivered();
        return Outcome.NOTHING;
      }
      LOG.atInfo()
          .addKeyValue("project_id", project.id())
          .addKeyValue("commit_id", batch.get().commitId())
          .addKeyValue("count", batch.get().sources().size())
          .log("Received objects");
      commitId = batch.get().commitId();
      delivered();
      receiver.accept(batch.get());
      return project.isPinned() ? Outcome.DONE : Outcome.PROGRESS;
    } catch (StatusRuntimeException e) {
      report(e.getStatus());
      return Outcome.FAILURE;
    }
  }

  private Optional<Batch> receive() {
    var request =
        ObjectsToSynchronizeRequest.newBuilder()
            .setProjectId(project.id())
            .setCommitId(commitId)
            .addAllPaths(project.paths());
    project.ref().ifPresent(request::setRef);
    var assembler = new BatchAssembler();
    Iterator<ObjectsToSynchronizeResponse> responses = kas.getObjectsToSynchronize(request.build());
    while (responses.hasNext()) {
      assembler.add(responses.next());
    }
    return assembler.end();
  }

  private void delivered() {
    if (!knownDelivered) {
      knownDelivered = true;
      source.delivered(commitId);
    }
  }

  private void report(Status status) {
    String error = status.getCode() + ": " + status.getDescription();
    switch (status.getCode()) {
      case CANCELLED, DEADLINE_EXCEEDED -> {}
      case FAILED_PRECONDITION, NOT_FOUND, INVALID_ARGUMENT, PERMISSION_DENIED -> {
        log(error);
        knownDelivered = false;
        source.refused(commitId, error + ". Nothing is changed or pruned; the agent asks again.");
      }
      default -> log(error);
    }
  }

  private void log(String error) {
    LOG.atWarn()
        .addKeyValue("project_id", project.id())
        .addKeyValue("error", error)
        .log("Objects cannot be received");
  }
}
