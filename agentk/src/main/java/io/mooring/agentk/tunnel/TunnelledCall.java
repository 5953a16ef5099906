package io.mooring.agentk.tunnel;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.protocol.tunnel.CarriedMetadata;
import io.mooring.protocol.tunnel.CarriedStatus;
import io.mooring.protocol.tunnel.WholeMessages;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.Error;
import io.mooring.wire.reversetunnel.rpc.Header;
import io.mooring.wire.reversetunnel.rpc.Message;
import io.mooring.wire.reversetunnel.rpc.Trailer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The RPC that a tunnel carries, as its service sees it: the two are wired directly, without a
 * server in between. One message of kas is read ahead, so that the half-close behind it is seen.
 * Owned by the event loop.
 */
// hot: no copy, no thread and no queue between tunnel and service; benchmarks B1, B3.
final class TunnelledCall<Q, S> extends ServerCall<Q, S> {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelledCall.class);
  private static final ConnectRequest NO_HEADER =
      ConnectRequest.newBuilder().setHeader(Header.getDefaultInstance()).build();
  private static final ConnectRequest NO_TRAILER =
      ConnectRequest.newBuilder().setTrailer(Trailer.getDefaultInstance()).build();

  private final Tunnel tunnel;
  private final MethodDescriptor<Q, S> method;
  private final IntConsumer read;
  private Listener<Q> listener = new Listener<>() {};
  private @Nullable ByteString held;
  private int wanted;
  private boolean headersSent;
  private boolean closed;
  private boolean cancelled;

  private TunnelledCall(Tunnel tunnel, MethodDescriptor<Q, S> method, IntConsumer read) {
    this.tunnel = tunnel;
    this.method = method;
    this.read = read;
  }

  /**
   * Hands the RPC to its service.
   *
   * @param read asks kas for so many more messages
   */
  static <Q, S> TunnelledCall<Q, S> start(
      Tunnel tunnel, ServerMethodDefinition<Q, S> definition, Metadata headers, IntConsumer read) {
    var call = new TunnelledCall<>(tunnel, definition.getMethodDescriptor(), read);
    call.guarded(() -> call.listener = definition.getServerCallHandler().startCall(call, headers));
    call.deliver();
    if (!call.closed) {
      read.accept(1);
    }
    call.ready();
    return call;
  }

  /** Ends an RPC that no service takes. */
  static void refuse(Tunnel tunnel, Status status) {
    end(tunnel, false, status, new Metadata());
  }

  /** The next message of kas; comes only after it was asked for. */
  void received(ByteString message) {
    held = message;
    deliver();
  }

  private void deliver() {
    ByteString message = held;
    if (message == null || wanted == 0 || closed) {
      return;
    }
    held = null;
    wanted--;
    guarded(() -> listener.onMessage(WholeMessages.read(method.getRequestMarshaller(), message)));
    if (!closed) {
      read.accept(1);
    }
  }

  void halfClosed() {
    if (!closed) {
      guarded(listener::onHalfClose);
      // Nothing may follow; should something, the tunnel sees it.
      read.accept(1);
    }
  }

  void ready() {
    if (!closed && tunnel.isReady()) {
      guarded(listener::onReady);
    }
  }

  /** The tunnel is over. */
  void ended(Status status) {
    held = null;
    if (closed && status.isOk()) {
      listener.onComplete();
    } else {
      closed = true;
      cancelled = true;
      listener.onCancel();
    }
  }

  @Override
  public void request(int count) {
    // Never overflows: who wants everything asks for the largest number at once.
    wanted = Math.max(wanted, wanted + count);
    deliver();
  }

  @Override
  public void sendHeaders(Metadata headers) {
    headersSent = true;
    tunnel.send(
        headers.keys().isEmpty()
            ? NO_HEADER
            : ConnectRequest.newBuilder()
                .setHeader(Header.newBuilder().putAllMeta(CarriedMetadata.encode(headers)))
                .build());
  }

  @Override
  public void sendMessage(S message) {
    if (!closed) {
      tunnel.send(
          ConnectRequest.newBuilder()
              .setMessage(
                  Message.newBuilder()
                      .setData(WholeMessages.write(method.getResponseMarshaller(), message)))
              .build());
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (!closed) {
      closed = true;
      held = null;
      end(tunnel, headersSent, status, trailers);
    }
  }

  /** As the original: also an RPC that fails at once has a header and a trailer. */
  private static void end(Tunnel tunnel, boolean headersSent, Status status, Metadata trailers) {
    if (!headersSent) {
      tunnel.send(NO_HEADER);
    }
    tunnel.send(
        trailers.keys().isEmpty()
            ? NO_TRAILER
            : ConnectRequest.newBuilder()
                .setTrailer(Trailer.newBuilder().putAllMeta(CarriedMetadata.encode(trailers)))
                .build());
    if (!status.isOk()) {
      tunnel.send(
          ConnectRequest.newBuilder()
              .setError(Error.newBuilder().setStatus(CarriedStatus.encode(status, trailers)))
              .build());
    }
    tunnel.halfClose();
  }

  @Override
  public boolean isReady() {
    return !closed && tunnel.isReady();
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public MethodDescriptor<Q, S> getMethodDescriptor() {
    return method;
  }

  private interface Callback {
    void run() throws InvalidProtocolBufferException;
  }

  /** What a service does wrong ends its RPC and nothing else. */
  private void guarded(Callback callback) {
    try {
      callback.run();
    } catch (InvalidProtocolBufferException e) {
      abort(
          Status.INTERNAL.withDescription("Invalid protobuf byte sequence: " + e.getMessage()), e);
    } catch (StatusRuntimeException e) {
      abort(e.getStatus(), e);
    } catch (RuntimeException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("mod_name", "reverse_tunnel")
          .addKeyValue("grpc_method", method.getFullMethodName())
          .log("Service failed");
      abort(Status.UNKNOWN.withDescription("unexpected error, see the log of agentk"), e);
    }
  }

  private void abort(Status status, Exception cause) {
    if (!closed) {
      close(status.withCause(cause), new Metadata());
      cancelled = true;
      listener.onCancel();
    }
  }
}
