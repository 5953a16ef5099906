package io.mooring.agentk.kas;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.agentevents.rpc.AgentEventsGrpc;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agentevents.rpc.ReportRequest;
import io.mooring.wire.agentevents.rpc.ReportResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes reports, or refuses them as the test says. */
public final class Reports extends AgentEventsGrpc.AgentEventsImplBase {
  private final List<ReportRequest> requests = new CopyOnWriteArrayList<>();
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private volatile Optional<Status> failure = Optional.empty();

  @Override
  public void report(ReportRequest request, StreamObserver<ReportResponse> answer) {
    Optional<Status> refusal = failure;
    requests.add(request);
    if (refusal.isPresent()) {
      answer.onError(refusal.get().asRuntimeException());
      return;
    }
    events.addAll(request.getEventsList());
    answer.onNext(ReportResponse.getDefaultInstance());
    answer.onCompleted();
  }

  /** Fails reports from now on. */
  public void fail(Status status) {
    failure = Optional.of(status);
  }

  /** Accepts reports from now on. */
  public void recover() {
    failure = Optional.empty();
  }

  /** All requests, refused ones too. */
  public List<ReportRequest> requests() {
    return requests;
  }

  /** Events that were accepted. */
  public List<Event> events() {
    return events;
  }
}
