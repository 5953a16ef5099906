package io.mooring.gitaly.call;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of an RPC as plain blocking code. Unary work runs on gRPC's own call thread, which
 * is a virtual one; streaming work gets a further virtual thread, so that the transport can still
 * tell of readiness and cancellation.
 */
public final class Calls {
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private final Executor workers;

  /** Streaming work runs on these; a thread for each task. */
  public Calls(Executor workers) {
    this.workers = workers;
  }

  /** Work with one answer. */
  @FunctionalInterface
  public interface Unary<T> {
    /** Does the work and gives the answer. */
    T run() throws IOException;
  }

  /** Work with a stream of answers. */
  @FunctionalInterface
  public interface Streaming<T> {
    /** Does the work, sending answers on the way. */
    void run(Responses<T> responses) throws IOException;
  }

  /** Work with a stream of requests and one of answers. */
  @FunctionalInterface
  public interface Bidirectional<Q, T> {
    /** Does the work, taking requests and sending answers on the way. */
    void run(Requests<Q> requests, Responses<T> responses) throws IOException;
  }

  /** Work with a stream of requests and one answer. */
  @FunctionalInterface
  public interface Collecting<Q, T> {
    /** Does the work, taking requests on the way, and gives the answer. */
    T run(Requests<Q> requests) throws IOException;
  }

  /** Answers with one message. */
  public <T> void unary(StreamObserver<T> observer, Unary<T> work) {
    // Without a handler of its own, a call that was cancelled meanwhile would make onNext throw.
    server(observer).setOnCancelHandler(() -> {});
    T answer;
    try {
      answer = work.run();
    } catch (IOException | RuntimeException | Error e) {
      fail(observer, e);
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }

  /** Answers with a stream. */
  public <T> void streaming(StreamObserver<T> observer, Streaming<T> work) {
    var responses = new Responses<>(server(observer));
    start(observer, responses, () -> work.run(responses));
  }

  /** Takes a stream and answers with one. */
  public <Q, T> StreamObserver<Q> bidirectional(
      StreamObserver<T> observer, Bidirectional<Q, T> work) {
    ServerCallStreamObserver<T> call = server(observer);
    var requests = new Requests<Q>(call);
    var responses = new Responses<>(call);
    call.setOnCancelHandler(() -> {
      requests.interrupt();
      responses.cancel();
    });
    start(observer, responses, () -> work.run(requests, responses));
    call.request(1);
    return requests.observer();
  }

  /** Takes a stream and answers with one message. */
  public <Q, T> StreamObserver<Q> collecting(StreamObserver<T> observer, Collecting<Q, T> work) {
    return bidirectional(
        observer,
        (Requests<Q> requests, Responses<T> responses) -> responses.send(work.run(requests)));
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private <T> void start(StreamObserver<T> observer, Responses<T> responses, Work work) {
    workers.execute(
        Context.current()
            .wrap(() -> {
              try {
                work.run();
              } catch (IOException | RuntimeException | Error e) {
                if (!responses.isCancelled()) {
                  fail(observer, e);
                }
                return;
              }
              if (!responses.isCancelled()) {
                observer.onCompleted();
              }
            }));
  }

  // Errors too: a call that is not closed would keep its client waiting for ever.
  private static void fail(StreamObserver<?> observer, Throwable failure) {
    StatusException status = FailureStatus.of(failure);
    Status.Code code = status.getStatus().getCode();
    if (FailureStatus.isOurs(status.getStatus(), failure)) {
      LOG.atError().setCause(failure).addKeyValue("status_code", code).log("Call failed");
    }
    observer.onError(status);
  }

  private static <T> ServerCallStreamObserver<T> server(StreamObserver<T> observer) {
    return (ServerCallStreamObserver<T>) observer;
  }
}
