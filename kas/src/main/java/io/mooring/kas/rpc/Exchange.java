package io.mooring.kas.rpc;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Both directions of a bidirectional RPC as plain blocking code on a virtual thread of its own. One
 * message is asked for at a time, and {@link #send} waits until the transport has room.
 *
 * @param <Q> the request message
 * @param <R> the response message
 */
public final class Exchange<Q, R> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ServerCallStreamObserver<R> call;
  private final Context context = Context.current();
  private @Nullable Q received;
  private boolean halfClosed;

  private Exchange(ServerCallStreamObserver<R> call) {
    this.call = call;
  }

  /** What carries on the conversation; returning ends the RPC with OK. */
  @FunctionalInterface
  public interface Body<Q, R> {
    /**
     * Receives and sends.
     *
     * @throws StatusException becomes the status of the RPC
     * @throws InterruptedException when kas ends before the RPC did
     */
    void run(Exchange<Q, R> exchange) throws StatusException, InterruptedException;
  }

  /**
   * Runs {@code body} in the gRPC context of the caller and ends the RPC with its outcome. Call it
   * from the method of the service and return what it returns.
   */
  public static <Q, R> StreamObserver<Q> serve(StreamObserver<R> responses, Body<Q, R> body) {
    ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) responses;
    call.disableAutoRequest();
    Exchange<Q, R> exchange = new Exchange<>(call);
    call.setOnReadyHandler(exchange::signal);
    call.setOnCancelHandler(exchange::signal);
    exchange.context.addListener(cancelled -> exchange.signal(), Runnable::run);
    Calls.run(call, () -> body.run(exchange));
    return exchange.new Requests();
  }

  /**
   * The next message.
   *
   * @return empty when the client has said all it has to say
   * @throws StatusException {@code CANCELLED} when the client went away or its deadline passed
   */
  public Optional<Q> receive() throws StatusException, InterruptedException {
    call.request(1);
    lock.lockInterruptibly();
    try {
      // Bounded by the life of the connection: its end cancels the context.
      while (received == null && !halfClosed && !context.isCancelled()) {
        changed.await();
      }
      if (received == null && !halfClosed) {
        throw gone();
      }
      Optional<Q> message = Optional.ofNullable(received);
      received = null;
      return message;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends one message as soon as the transport takes it.
   *
   * @throws StatusException {@code CANCELLED} when the client went away or its deadline passed
   */
  public void send(R message) throws StatusException, InterruptedException {
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
      throw gone();
    }
    call.onNext(message);
  }

  private static StatusException gone() {
    return Status.CANCELLED.withDescription("the client went away").asException();
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes what the transport delivers, one message after each request for one. */
  private final class Requests implements StreamObserver<Q> {
    @Override
    public void onNext(Q message) {
      lock.lock();
      try {
        received = message;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onError(Throwable failure) {
      signal();
    }

    @Override
    public void onCompleted() {
      lock.lock();
      try {
        halfClosed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
