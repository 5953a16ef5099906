package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.kas.tunnel.RawMessages;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a caller on one side, bytes on the other.
 *
 * @param <Q> the request message
 * @param <R> the response message
 */
final class MarshallingCall<Q, R> extends ClientCall<Q, R> {
  private final MethodDescriptor<Q, R> method;
  private final ClientCall<ByteString, ByteString> call;
  private final Executor callbacks;

  /** Calls back on this executor, which keeps the order. */
  MarshallingCall(
      MethodDescriptor<Q, R> method, ClientCall<ByteString, ByteString> call, Executor callbacks) {
    this.method = method;
    this.call = call;
    this.callbacks = callbacks;
  }

  @Override
  public void start(Listener<R> listener, Metadata headers) {
    call.start(new Responses(listener), headers);
  }

  @Override
  public void request(int count) {
    call.request(count);
  }

  @Override
  public void cancel(@Nullable String text, @Nullable Throwable cause) {
    call.cancel(text, cause);
  }

  @Override
  public void halfClose() {
    call.halfClose();
  }

  @Override
  public void sendMessage(Q message) {
    call.sendMessage(RawMessages.MARSHALLER.parse(method.streamRequest(message)));
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  private final class Responses extends Listener<ByteString> {
    private final Listener<R> listener;

    // Only touched by the callbacks.
    private @Nullable Status unreadable;

    Responses(Listener<R> listener) {
      this.listener = listener;
    }

    @Override
    public void onHeaders(Metadata headers) {
      callbacks.execute(() -> listener.onHeaders(headers));
    }

    @Override
    public void onMessage(ByteString message) {
      callbacks.execute(() -> read(message));
    }

    private void read(ByteString bytes) {
      if (unreadable != null) {
        return;
      }
      try {
        R message = method.parseResponse(RawMessages.MARSHALLER.stream(bytes));
        listener.onMessage(message);
      } catch (StatusRuntimeException e) {
        unreadable = e.getStatus();
        call.cancel("the answer cannot be read", e);
      }
    }

    @Override
    public void onReady() {
      callbacks.execute(listener::onReady);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      callbacks.execute(() -> listener.onClose(unreadable == null ? status : unreadable, trailers));
    }
  }
}
