package io.mooring.agentk.kas;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps streams open and sends what the test says. */
public final class Configurations extends AgentConfigurationGrpc.AgentConfigurationImplBase {
  private final List<ConfigurationRequest> requests = new CopyOnWriteArrayList<>();
  private final List<StreamObserver<ConfigurationResponse>> open = new ArrayList<>();
  private Optional<ConfigurationResponse> current = Optional.empty();
  private Optional<Status> failure = Optional.empty();

  @Override
  public synchronized void getConfiguration(
      ConfigurationRequest request, StreamObserver<ConfigurationResponse> answer) {
    requests.add(request);
    if (failure.isPresent()) {
      answer.onError(failure.get().asRuntimeException());
      return;
    }
    open.add(answer);
    current
        .filter(response -> !response.getCommitId().equals(request.getCommitId()))
        .ifPresent(answer::onNext);
  }

  /**
   * Sends a configuration to all open streams, and to the next ones that do not have its commit.
   */
  public synchronized void send(String commitId, AgentConfiguration configuration) {
    ConfigurationResponse response =
        ConfigurationResponse.newBuilder()
            .setCommitId(commitId)
            .setConfiguration(configuration)
            .build();
    current = Optional.of(response);
    open.forEach(stream -> stream.onNext(response));
  }

  /** Ends all open streams properly. */
  public synchronized void end() {
    open.forEach(StreamObserver::onCompleted);
    open.clear();
  }

  /** Fails all open streams, and the next ones until {@link #recover}. */
  public synchronized void fail(Status status) {
    failure = Optional.of(status);
    open.forEach(stream -> stream.onError(status.asRuntimeException()));
    open.clear();
  }

  /** Accepts streams again. */
  public synchronized void recover() {
    failure = Optional.empty();
  }

  public List<ConfigurationRequest> requests() {
    return requests;
  }
}
