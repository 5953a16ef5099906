package io.mooring.protocol.validation;

import com.google.protobuf.Message;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Ends a call with INVALID_ARGUMENT when a message arrives that breaks rules; the text lists them
 * all (wire.md 5.1). The handler never sees the message: to it the call is cancelled, and what it
 * still sends is dropped.
 */
public final class ValidatingServerInterceptor implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var closing = new ClosingCall<>(call);
    return new SimpleForwardingServerCallListener<>(next.startCall(closing, headers)) {
      private boolean rejected;

      @Override
      public void onMessage(Q message) {
        if (rejected) {
          return;
        }
        try {
          if (message instanceof Message checkable) {
            Validator.check(checkable);
          }
        } catch (InvalidMessageException e) {
          rejected = true;
          closing.reject(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
          super.onCancel();
          return;
        }
        super.onMessage(message);
      }

      @Override
      public void onHalfClose() {
        if (!rejected) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        if (!rejected) {
          super.onCancel();
        }
      }

      @Override
      public void onComplete() {
        if (!rejected) {
          super.onComplete();
        }
      }

      @Override
      public void onReady() {
        if (!rejected) {
          super.onReady();
        }
      }
    };
  }

  /** Keeps a handler on another thread from writing to a call that was rejected meanwhile. */
  private static final class ClosingCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private boolean rejected;

    ClosingCall(ServerCall<Q, R> call) {
      super(call);
    }

    synchronized void reject(Status status) {
      if (!rejected) {
        rejected = true;
        super.close(status, new Metadata());
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!rejected) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!rejected) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!rejected) {
        rejected = true;
        super.close(status, trailers);
      }
    }
  }
}
