package io.mooring.agentk.tunnel;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.protocol.tunnel.CarriedMetadata;
import io.mooring.protocol.tunnel.WholeMessages;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.Descriptor;
import io.mooring.wire.reversetunnel.rpc.RequestInfo;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Connect} stream from its first message to its end (tunnel.md 2.1): it waits for a
 * request, carries that one, and is over. Owned by the event loop.
 */
// hot: every message of every proxied request passes here; benchmarks B1, B3.
final class Tunnel extends ClientCall.Listener<ConnectResponse> {
  /** Largest message of a carried RPC: gRPC's own limit, which it has at the other end. */
  static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

  /** What a message of a stream has around the carried one, and more for what comes with time. */
  private static final int ENVELOPE_BYTES = 64 * 1024;

  /**
   * Bytes that may wait for the transport before the service is told to pause. Two reads from the
   * API server: while one is written, the next can come. Less makes a bulk download wait for every
   * single write, more is what a stalled reader costs.
   */
  private static final int READY_BYTES = 128 * 1024;

  private static final MethodDescriptor<ConnectRequest, ConnectResponse> CONNECT =
      ReverseTunnelGrpc.getConnectMethod().toBuilder()
          .setResponseMarshaller(
              new WholeMessages<>(
                  ConnectResponse.parser(),
                  ReverseTunnelGrpc.getConnectMethod().getResponseMarshaller()))
          .build();

  private final TunnelledServices services;
  private final OnLoop loop;
  private final Owner owner;
  private final ClientCall<ConnectRequest, ConnectResponse> call;
  private final MessageOrder order = MessageOrder.of(ConnectResponse.getDescriptor());
  private @Nullable TunnelledCall<?, ?> carried;
  private @Nullable Status fault;
  private boolean discarding;
  private boolean halfClosed;

  /** Whoever opened the tunnel. */
  interface Owner {
    /** A request came: the tunnel is not free any more. */
    void active();

    /** The tunnel is over. */
    void ended(Status status);
  }

  private Tunnel(Channel kas, TunnelledServices services, OnLoop loop, Owner owner) {
    this.services = services;
    this.loop = loop;
    this.owner = owner;
    this.call =
        kas.newCall(
            CONNECT,
            CallOptions.DEFAULT
                .withExecutor(loop)
                .withMaxInboundMessageSize(MAX_MESSAGE_BYTES + ENVELOPE_BYTES)
                .withOnReadyThreshold(READY_BYTES)
                .withStreamTracerFactory(new EndWatch()));
  }

  /** Offers a tunnel to kas. */
  static Tunnel open(Channel kas, TunnelledServices services, OnLoop loop, Owner owner) {
    var tunnel = new Tunnel(kas, services, loop, owner);
    tunnel.open();
    return tunnel;
  }

  private void open() {
    call.start(this, new Metadata());
    // The stream says gzip, as all of the agent do, but what passes here was compressed by the API
    // server if the caller wanted that: once more costs ten times what carrying it does.
    call.setMessageCompression(false);
    call.sendMessage(
        ConnectRequest.newBuilder()
            .setDescriptorMessage(Descriptor.newBuilder().setAgentDescriptor(services.descriptor()))
            .build());
    call.request(1);
  }

  /** Ends the tunnel and what it carries. */
  void cancel(String why) {
    call.cancel(why, null);
  }

  @Override
  public void onMessage(ConnectResponse message) {
    if (discarding) {
      return;
    }
    try {
      order.next(message.getMsgCase().getNumber());
    } catch (StatusRuntimeException e) {
      fault = e.getStatus();
      call.cancel(fault.getDescription(), e);
      return;
    }
    TunnelledCall<?, ?> user = carried;
    if (message.hasRequestInfo()) {
      owner.active();
      begin(message.getRequestInfo());
    } else if (user != null && message.hasMessage()) {
      user.received(message.getMessage().getData());
    } else if (user != null) {
      user.halfClosed();
    }
  }

  private void begin(RequestInfo request) {
    Optional<ServerMethodDefinition<?, ?>> method = services.method(request.getMethodName());
    if (method.isEmpty()) {
      TunnelledCall.refuse(
          this, Status.UNIMPLEMENTED.withDescription("unknown method " + request.getMethodName()));
      return;
    }
    carried =
        TunnelledCall.start(
            this, method.get(), CarriedMetadata.decode(request.getMetaMap()), call::request);
  }

  @Override
  public void onReady() {
    if (carried != null) {
      carried.ready();
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    discarding = true;
    // gRPC calls cancelled what this end broke off; the reason is better known here.
    Status reason = fault == null ? status : fault;
    if (carried != null) {
      carried.ended(reason);
    }
    owner.ended(reason);
  }

  boolean isReady() {
    return !halfClosed && call.isReady();
  }

  void send(ConnectRequest message) {
    if (!halfClosed) {
      call.sendMessage(message);
    }
  }

  /** All was said; what kas still sends is dropped until it ends the stream (tunnel.md 2.1). */
  void halfClose() {
    if (!halfClosed) {
      halfClosed = true;
      call.halfClose();
      discard();
    }
  }

  private void discard() {
    if (!discarding) {
      discarding = true;
      // Nothing waits in front of the end of the stream any more.
      call.request(Integer.MAX_VALUE);
    }
  }

  /**
   * Sees that kas ended the stream although messages before the end wait for a service that takes
   * none: gRPC tells the listener only after these.
   */
  private final class EndWatch extends ClientStreamTracer.Factory {
    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void inboundTrailers(Metadata trailers) {
          // Both flags are read again on the loop.
          if (!discarding) {
            loop.loop().execute(Tunnel.this::discard);
          }
        }
      };
    }
  }
}
