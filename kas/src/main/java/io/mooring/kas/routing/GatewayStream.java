package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import io.grpc.protobuf.ProtoUtils;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.kas.tunnel.ReadAhead;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.protocol.tunnel.CarriedMetadata;
import io.mooring.protocol.tunnel.CarriedStatus;
import io.mooring.protocol.validation.InvalidMessageException;
import io.mooring.protocol.validation.Validator;
import io.mooring.wire.kas.GatewayKasResponse;
import org.jspecify.annotations.Nullable;

/**
 * The stream to another replica (tunnel.md 5.1): first it waits for a tunnel there, then it is the
 * RPC to the agent. Lives in the synchronization context of the RPC. hot: every message passes
 * here; benchmark B3.
 */
final class GatewayStream extends ClientCall<ByteString, ByteString> {
  private static final MethodDescriptor.Marshaller<GatewayKasResponse> RESPONSES =
      ProtoUtils.marshaller(GatewayKasResponse.getDefaultInstance());

  private static final Status LEFT =
      Status.UNAVAILABLE.withDescription(
          "Find tunnel failed: the replica that had one ended the stream");

  private final SynchronizationContext events;
  private final PeerConnections.Lease lease;
  private final Searching search;
  private final MessageOrder order = MessageOrder.of(GatewayKasResponse.getDescriptor());
  private volatile @Nullable ClientCall<ByteString, GatewayKasResponse> call;
  private @Nullable Listener<ByteString> listener;
  private @Nullable ReadAhead messages;
  private Metadata trailers = new Metadata();
  private Status outcome = Status.OK;
  private boolean answered;
  private boolean halfClosed;
  private boolean cancelled;
  private boolean finished;
  private volatile boolean streaming;

  /** Is told how it goes before the stream is the RPC. */
  interface Searching {
    /** The replica has no tunnel at the moment. */
    void hasNoTunnel();

    /** The replica reserved a tunnel. */
    void hasTunnel();

    /** The stream is over. */
    void endedWithoutTunnel(Status status);
  }

  GatewayStream(SynchronizationContext events, PeerConnections.Lease lease, Searching search) {
    this.events = events;
    this.lease = lease;
    this.search = search;
  }

  /** The method as other replicas offer it. */
  static MethodDescriptor<ByteString, GatewayKasResponse> method(String name) {
    return MethodDescriptor.<ByteString, GatewayKasResponse>newBuilder()
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(name)
        .setRequestMarshaller(RawMessages.MARSHALLER)
        .setResponseMarshaller(RESPONSES)
        .build();
  }

  /** Asks for a tunnel; waits for the connection. */
  void open(String method, Metadata headers) {
    ClientCall<ByteString, GatewayKasResponse> opened =
        lease.channel().newCall(method(method), CallOptions.DEFAULT.withWaitForReady());
    call = opened;
    opened.start(new Responses(), headers);
    opened.request(1);
  }

  /** Takes the tunnel. The metadata was sent already. */
  @Override
  public void start(Listener<ByteString> caller, Metadata ignored) {
    events.execute(() -> {
      listener = caller;
      ClientCall<ByteString, GatewayKasResponse> open = call;
      if (finished || open == null) {
        caller.onClose(outcome.isOk() ? LEFT : outcome, trailers);
        return;
      }
      messages = new ReadAhead(caller, this::readNext);
      streaming = true;
      // StartStreaming: a message without fields.
      open.sendMessage(ByteString.EMPTY);
      readNext();
      peerTakesMore();
    });
  }

  @Override
  public void request(int count) {
    events.execute(() -> {
      if (messages != null && !finished) {
        messages.request(count);
      }
    });
  }

  @Override
  public void sendMessage(ByteString message) {
    events.execute(() -> {
      if (mayWrite() && call != null) {
        call.sendMessage(message);
      }
    });
  }

  @Override
  public void halfClose() {
    events.execute(() -> {
      if (mayWrite() && call != null) {
        halfClosed = true;
        call.halfClose();
      }
    });
  }

  @Override
  public boolean isReady() {
    ClientCall<ByteString, GatewayKasResponse> open = call;
    return streaming && open != null && open.isReady();
  }

  @Override
  public void cancel(@Nullable String text, @Nullable Throwable cause) {
    events.execute(() -> {
      cancelled = true;
      if (call != null && !finished) {
        call.cancel(text, cause);
      }
    });
  }

  private boolean mayWrite() {
    return streaming && !halfClosed && !cancelled && !finished;
  }

  private void readNext() {
    if (call != null) {
      call.request(1);
    }
  }

  private void peerTakesMore() {
    if (listener != null && !finished && isReady()) {
      listener.onReady();
    }
  }

  private void received(GatewayKasResponse message) {
    if (finished) {
      return;
    }
    try {
      Validator.check(message);
      boolean errorAlone = streaming && !answered && message.hasError();
      // Replicas of the original send an error alone when the agent does.
      if (!errorAlone) {
        order.next(message);
      }
      if (streaming) {
        carried(message);
      } else {
        found(message);
      }
    } catch (InvalidMessageException e) {
      fail(
          Status.INVALID_ARGUMENT
              .withDescription("invalid server response: " + e.getMessage())
              .withCause(e));
    } catch (StatusRuntimeException e) {
      fail(e.getStatus());
    }
  }

  private void found(GatewayKasResponse message) {
    switch (message.getMsgCase()) {
      case NO_TUNNEL -> {
        search.hasNoTunnel();
        readNext();
      }
      case TUNNEL_READY -> search.hasTunnel();
      case HEADER, MESSAGE, TRAILER, ERROR, MSG_NOT_SET ->
          fail(
              Status.INTERNAL.withDescription(
                  "replica sent " + message.getMsgCase() + " before the tunnel was taken"));
    }
  }

  private void carried(GatewayKasResponse message) {
    Listener<ByteString> caller = listener;
    if (caller == null || messages == null) {
      return;
    }
    answered = true;
    switch (message.getMsgCase()) {
      case MESSAGE -> {
        messages.add(message.getMessage().getData());
        // The next one is read when this one was taken.
        return;
      }
      case HEADER -> caller.onHeaders(CarriedMetadata.decode(message.getHeader().getMetaMap()));
      case TRAILER -> trailers = CarriedMetadata.decode(message.getTrailer().getMetaMap());
      case ERROR -> {
        CarriedStatus carried = CarriedStatus.decode(message.getError().getStatus());
        outcome = carried.status();
        trailers.merge(carried.trailers());
      }
      case TUNNEL_READY, NO_TUNNEL, MSG_NOT_SET ->
          throw Status.INTERNAL
              .withDescription("replica sent " + message.getMsgCase() + " in the middle of an RPC")
              .asRuntimeException();
    }
    readNext();
  }

  private void fail(Status status) {
    // The transport tells of the end; this is its reason.
    outcome = status;
    if (call != null) {
      call.cancel(status.getDescription(), status.asException());
    }
    ended(status);
  }

  private void closed(Status status) {
    if (!status.isOk()) {
      ended(status);
      return;
    }
    if (streaming && !answered) {
      // A replica that stops ends what waits with OK; StartStreaming came a moment too late.
      ended(LEFT);
      return;
    }
    if (streaming && outcome.isOk()) {
      try {
        order.end();
      } catch (StatusRuntimeException e) {
        ended(e.getStatus());
        return;
      }
    }
    ended(outcome);
  }

  private void ended(Status status) {
    if (finished) {
      return;
    }
    finished = true;
    outcome = status;
    lease.close();
    if (streaming && listener != null) {
      streaming = false;
      listener.onClose(status, trailers);
    } else {
      search.endedWithoutTunnel(status);
    }
  }

  private final class Responses extends Listener<GatewayKasResponse> {
    @Override
    public void onMessage(GatewayKasResponse message) {
      events.execute(() -> received(message));
    }

    @Override
    public void onReady() {
      events.execute(GatewayStream.this::peerTakesMore);
    }

    @Override
    public void onClose(Status status, Metadata ofPeer) {
      events.execute(() -> closed(status));
    }
  }
}
