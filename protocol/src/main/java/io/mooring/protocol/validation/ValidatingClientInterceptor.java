package io.mooring.protocol.validation;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Aborts a call with INVALID_ARGUMENT "invalid server response: ..." when a message arrives that
 * breaks rules (wire.md 5.1). The server sees a cancelled call.
 */
public final class ValidatingClientInterceptor implements ClientInterceptor {

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions callOptions, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, callOptions)) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        super.start(new ValidatingListener<>(this, listener), headers);
      }
    };
  }

  private static final class ValidatingListener<R> extends SimpleForwardingClientCallListener<R> {

    private final ClientCall<?, R> call;
    private boolean rejected;

    ValidatingListener(ClientCall<?, R> call, ClientCall.Listener<R> listener) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(R message) {
      if (rejected) {
        return;
      }
      try {
        if (message instanceof Message checkable) {
          Validator.check(checkable);
        }
      } catch (InvalidMessageException e) {
        rejected = true;
        String text = "invalid server response: " + e.getMessage();
        call.cancel(text, e);
        super.onClose(Status.INVALID_ARGUMENT.withDescription(text), new Metadata());
        return;
      }
      super.onMessage(message);
    }

    @Override
    public void onReady() {
      if (!rejected) {
        super.onReady();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!rejected) {
        super.onClose(status, trailers);
      }
    }
  }
}
