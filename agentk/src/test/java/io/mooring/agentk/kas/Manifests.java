package io.mooring.agentk.kas;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.gitops.rpc.GitopsGrpc;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sends the manifests of a project as soon as they differ from what the agent has. */
public final class Manifests extends GitopsGrpc.GitopsImplBase {
  private final List<ObjectsToSynchronizeRequest> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Commit> commits = new LinkedHashMap<>();
  private final Map<String, Status> failures = new LinkedHashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();

  private record Commit(String id, long projectId, Map<String, String> files) {}

  private record Waiting(
      ObjectsToSynchronizeRequest request, StreamObserver<ObjectsToSynchronizeResponse> stream) {}

  @Override
  public synchronized void getObjectsToSynchronize(
      ObjectsToSynchronizeRequest request, StreamObserver<ObjectsToSynchronizeResponse> stream) {
    requests.add(request);
    Status failure = failures.get(request.getProjectId());
    if (failure != null) {
      stream.onError(failure.asRuntimeException());
      return;
    }
    var call = new Waiting(request, stream);
    if (!answered(call)) {
      waiting.add(call);
    }
  }

  /** The project is at this commit, and streams do not fail, from now on. */
  public synchronized void commit(
      String project, long projectId, String commitId, Map<String, String> files) {
    failures.remove(project);
    commits.put(project, new Commit(commitId, projectId, files));
    waiting.removeIf(this::answered);
  }

  /** Streams for the project fail from now on. */
  public synchronized void fail(String project, Status status) {
    failures.put(project, status);
  }

  /** Ends all open streams properly, with nothing. */
  public synchronized void end() {
    waiting.forEach(call -> call.stream().onCompleted());
    waiting.clear();
  }

  public List<ObjectsToSynchronizeRequest> requests() {
    return requests;
  }

  private boolean answered(Waiting call) {
    Commit commit = commits.get(call.request().getProjectId());
    if (commit == null || commit.id().equals(call.request().getCommitId())) {
      return false;
    }
    call.stream().onNext(header(commit.id(), commit.projectId()));
    commit.files().forEach((path, text) -> pieces(path, text, call.stream()));
    call.stream().onNext(trailer());
    call.stream().onCompleted();
    return true;
  }

  private static void pieces(
      String path, String text, StreamObserver<ObjectsToSynchronizeResponse> stream) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int half = bytes.length / 2;
    stream.onNext(object(path, ByteString.copyFrom(bytes, 0, half)));
    stream.onNext(object(path, ByteString.copyFrom(bytes, half, bytes.length - half)));
  }

  public static ObjectsToSynchronizeResponse header(String commitId, long projectId) {
    return ObjectsToSynchronizeResponse.newBuilder()
        .setHeader(
            ObjectsToSynchronizeResponse.Header.newBuilder()
                .setCommitId(commitId)
                .setProjectId(projectId))
        .build();
  }

  public static ObjectsToSynchronizeResponse object(String path, ByteString data) {
    return ObjectsToSynchronizeResponse.newBuilder()
        .setObject(ObjectsToSynchronizeResponse.Object.newBuilder().setSource(path).setData(data))
        .build();
  }

  public static ObjectsToSynchronizeResponse trailer() {
    return ObjectsToSynchronizeResponse.newBuilder()
        .setTrailer(ObjectsToSynchronizeResponse.Trailer.getDefaultInstance())
        .build();
  }
}
