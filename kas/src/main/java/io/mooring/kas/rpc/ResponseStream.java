package io.mooring.kas.rpc;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The answers of a server-streaming RPC, written by plain blocking code on a virtual thread of its
 * own: {@link #send} waits until the transport has room, so a slow reader costs one message and not
 * a queue.
 *
 * <pre>{@code
 * public void getThings(Request request, StreamObserver<Thing> responses) {
 *   ResponseStream.serve(responses, stream -> {
 *     for (Thing thing : things(request)) stream.send(thing);
 *   });
 * }
 * }</pre>
 *
 * @param <T> the response message
 */
public final class ResponseStream<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ServerCallStreamObserver<T> call;
  private final Context context = Context.current();

  private ResponseStream(ServerCallStreamObserver<T> call) {
    this.call = call;
  }

  /** What answers the RPC; returning ends it with OK. */
  @FunctionalInterface
  public interface Body<T> {
    /**
     * Writes the answers.
     *
     * @throws StatusException becomes the status of the RPC
     * @throws InterruptedException when kas ends before the RPC did
     */
    void run(ResponseStream<T> stream) throws StatusException, InterruptedException;
  }

  /**
   * Runs {@code body} in the gRPC context of the caller and ends the RPC with its outcome. Call it
   * from the method of the service and return.
   *
   * <p>Anything but a status that escapes from the body ends the RPC with {@code UNKNOWN} and is
   * logged.
   */
  public static <T> void serve(StreamObserver<T> responses, Body<T> body) {
    ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) responses;
    ResponseStream<T> stream = of(call);
    Calls.run(call, () -> body.run(stream));
  }

  /** The answers of the RPC of this thread. */
  static <T> ResponseStream<T> of(ServerCallStreamObserver<T> call) {
    ResponseStream<T> stream = new ResponseStream<>(call);
    call.setOnReadyHandler(stream::signal);
    call.setOnCancelHandler(stream::signal);
    stream.context.addListener(cancelled -> stream.signal(), Runnable::run);
    return stream;
  }

  /**
   * Sends one message as soon as the transport takes it.
   *
   * @throws StatusException {@code CANCELLED} when the client went away or its deadline passed
   */
  public void send(T message) throws StatusException, InterruptedException {
    lock.lockInterruptibly();
    try {
      // Bounded by the life of the connection: its end cancels the context.
      while (!call.isReady() && !context.isCancelled()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
    if (context.isCancelled()) {
      throw Status.CANCELLED.withDescription("the client went away").asException();
    }
    call.onNext(message);
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
