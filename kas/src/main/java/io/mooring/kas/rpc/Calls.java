package io.mooring.kas.rpc;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs handlers written as blocking code and turns their outcome into the status of the RPC. */
public final class Calls {
  private static final Logger log = LoggerFactory.getLogger(Calls.class);

  private Calls() {}

  /** The code of a unary handler. */
  @FunctionalInterface
  public interface Answer<T> {
    /**
     * Computes the response.
     *
     * @throws StatusException becomes the status of the RPC
     * @throws InterruptedException when kas ends before the RPC did
     */
    T get() throws StatusException, InterruptedException;
  }

  /** The code of a streaming handler. */
  @FunctionalInterface
  interface Work {
    void run() throws StatusException, InterruptedException;
  }

  /**
   * Answers a unary RPC on the calling thread, which must be the virtual thread of the call.
   *
   * <p>Anything but a status that escapes ends the RPC with {@code UNKNOWN} and is logged.
   */
  public static <T> void answer(StreamObserver<T> response, Answer<T> answer) {
    finish(
        (ServerCallStreamObserver<T>) response,
        () -> {
          T message = answer.get();
          response.onNext(message);
        });
  }

  /** Runs the work on a new virtual thread in the caller's gRPC context, then ends the RPC. */
  static <T> void run(ServerCallStreamObserver<T> call, Work work) {
    Thread.ofVirtual().name("rpc").start(Context.current().wrap(() -> finish(call, work)));
  }

  private static <T> void finish(ServerCallStreamObserver<T> call, Work work) {
    finish(call, outcome(work));
  }

  /** Ends an RPC, unless its client is gone. */
  static <T> void finish(ServerCallStreamObserver<T> call, Status status) {
    if (call.isCancelled()) {
      return;
    }
    if (status.isOk()) {
      call.onCompleted();
    } else {
      call.onError(status.asException());
    }
  }

  /** What the work comes to; a failure without a status of its own is logged. */
  static Status outcome(Work work) {
    try {
      work.run();
      return Status.OK;
    } catch (StatusException e) {
      return report(e.getStatus());
    } catch (StatusRuntimeException e) {
      return report(e.getStatus());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Status.UNAVAILABLE.withDescription("kas is shutting down");
    } catch (RuntimeException e) {
      return report(
          Status.UNKNOWN.withDescription("unexpected error, see the log of kas").withCause(e));
    }
  }

  private static Status report(Status status) {
    if (status.getCode() == Status.Code.UNKNOWN) {
      log.atError()
          .setCause(status.getCause())
          .addKeyValue("status_code", status.getCode())
          .log("RPC failed");
    }
    return status;
  }
}
