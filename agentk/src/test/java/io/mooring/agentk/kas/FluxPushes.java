package io.mooring.agentk.kas;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.flux.rpc.GitLabFluxGrpc;
import io.mooring.wire.flux.rpc.Project;
import io.mooring.wire.flux.rpc.ReconcileProjectsRequest;
import io.mooring.wire.flux.rpc.ReconcileProjectsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells of pushes when a test says so. */
public final class FluxPushes extends GitLabFluxGrpc.GitLabFluxImplBase {
  private final List<Set<String>> requests = new CopyOnWriteArrayList<>();
  private final List<StreamObserver<ReconcileProjectsResponse>> open = new ArrayList<>();

  @Override
  public synchronized void reconcileProjects(
      ReconcileProjectsRequest request, StreamObserver<ReconcileProjectsResponse> stream) {
    ((ServerCallStreamObserver<ReconcileProjectsResponse>) stream)
        .setOnCancelHandler(() -> left(stream));
    Set<String> projects = new TreeSet<>();
    request.getProjectList().forEach(project -> projects.add(project.getId()));
    open.add(stream);
    requests.add(projects);
  }

  private synchronized void left(StreamObserver<ReconcileProjectsResponse> stream) {
    open.remove(stream);
  }

  /** Tells of a push on all open streams. */
  public synchronized void push(String project) {
    open.forEach(stream ->
        stream.onNext(
            ReconcileProjectsResponse.newBuilder()
                .setProject(Project.newBuilder().setId(project))
                .build()));
  }

  /** Ends all open streams properly. */
  public synchronized void end() {
    open.forEach(StreamObserver::onCompleted);
    open.clear();
  }

  /** Ends all open streams with this. */
  public synchronized void fail(Status status) {
    open.forEach(stream -> stream.onError(status.asRuntimeException()));
    open.clear();
  }

  /** How many streams are open. */
  public synchronized int streams() {
    return open.size();
  }

  /** The projects of each request. */
  public List<Set<String>> requests() {
    return requests;
  }
}
