package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.mooring.kas.rpc.AgeContext;
import io.mooring.kas.tunnel.FoundTunnel;
import io.mooring.kas.tunnel.TunnelRegistry;
import io.mooring.kas.tunnel.TunnelWaiter;
import io.mooring.protocol.tunnel.CarriedMetadata;
import io.mooring.protocol.tunnel.CarriedStatus;
import io.mooring.wire.kas.GatewayKasResponse;
import io.mooring.wire.kas.StartStreaming;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One RPC of another replica for an agent: reserves a tunnel, waits for the word to go, then passes
 * on what comes from either side as fast as the other takes it. Lives in a synchronization context
 * of its own. hot: every message passes here; benchmark B3.
 */
final class GatewayCall extends ServerCall.Listener<ByteString> {
  private static final Logger log = LoggerFactory.getLogger(GatewayCall.class);
  private static final GatewayKasResponse NO_TUNNEL =
      GatewayKasResponse.newBuilder()
          .setNoTunnel(GatewayKasResponse.NoTunnel.getDefaultInstance())
          .build();
  private static final GatewayKasResponse TUNNEL_READY =
      GatewayKasResponse.newBuilder()
          .setTunnelReady(GatewayKasResponse.TunnelReady.getDefaultInstance())
          .build();

  private final SynchronizationContext events =
      new SynchronizationContext((thread, failure) -> failed(failure));
  private final ServerCall<ByteString, GatewayKasResponse> call;
  private final Metadata headers;
  private final long agentId;
  private final String method;
  private final TunnelRegistry registry;
  private final AgeContext age;
  private AgeContext.@Nullable Registration aging;
  private TunnelRegistry.@Nullable Waiting waiting;
  private @Nullable FoundTunnel found;
  private @Nullable ClientCall<ByteString, ByteString> carrier;
  private boolean headersSent;
  private boolean headerCarried;
  private boolean requestOwed;
  private boolean responseOwed;
  private boolean closed;

  GatewayCall(
      ServerCall<ByteString, GatewayKasResponse> call,
      Metadata headers,
      long agentId,
      TunnelRegistry registry,
      AgeContext age) {
    this.call = call;
    this.headers = headers;
    this.agentId = agentId;
    this.method = call.getMethodDescriptor().getFullMethodName();
    this.registry = registry;
    this.age = age;
  }

  /** Looks for a tunnel. */
  void start() {
    events.execute(() -> {
      Optional<FoundTunnel> here = registry.acquire(agentId, method);
      if (here.isPresent()) {
        reserved(here.get());
      } else {
        send(NO_TUNNEL);
        waiting = registry.queue(agentId, method, new Waiter());
      }
      aging = age.onExpire(() -> events.execute(this::expired));
    });
  }

  private void reserved(FoundTunnel tunnel) {
    if (closed) {
      tunnel.giveBack();
      return;
    }
    found = tunnel;
    send(TUNNEL_READY);
    call.request(1);
  }

  /** Ends a wait with OK: the other replica asks again on a new connection. */
  private void expired() {
    if (carrier == null) {
      close(Status.OK);
    }
  }

  @Override
  public void onMessage(ByteString message) {
    events.execute(() -> received(message));
  }

  private void received(ByteString message) {
    if (closed) {
      return;
    }
    if (carrier == null) {
      go(message);
    } else {
      carrier.sendMessage(message);
      if (carrier.isReady()) {
        call.request(1);
      } else {
        requestOwed = true;
      }
    }
  }

  private void go(ByteString message) {
    FoundTunnel tunnel = found;
    if (tunnel == null) {
      close(Status.INVALID_ARGUMENT.withDescription("no tunnel is ready yet"));
      return;
    }
    if (!isStartStreaming(message)) {
      close(Status.INVALID_ARGUMENT.withDescription("the first message is not StartStreaming"));
      return;
    }
    found = null;
    ClientCall<ByteString, ByteString> started = tunnel.call(method);
    carrier = started;
    started.start(new FromAgent(), headers);
    started.request(1);
    requestOwed = true;
    agentTakesMore();
  }

  private static boolean isStartStreaming(ByteString message) {
    try {
      return StartStreaming.parseFrom(message).isInitialized();
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private void agentTakesMore() {
    if (requestOwed && !closed && carrier != null && carrier.isReady()) {
      requestOwed = false;
      call.request(1);
    }
  }

  @Override
  public void onHalfClose() {
    events.execute(() -> {
      if (carrier != null) {
        carrier.halfClose();
      } else {
        // Not interested in the tunnel.
        close(Status.OK);
      }
    });
  }

  @Override
  public void onCancel() {
    events.execute(() -> {
      if (carrier != null) {
        carrier.cancel("the other replica went away", null);
      }
      close(Status.CANCELLED);
    });
  }

  @Override
  public void onReady() {
    events.execute(() -> {
      if (responseOwed && carrier != null && call.isReady()) {
        responseOwed = false;
        carrier.request(1);
      }
    });
  }

  private void send(GatewayKasResponse message) {
    if (closed) {
      return;
    }
    if (!headersSent) {
      headersSent = true;
      call.sendHeaders(new Metadata());
    }
    call.sendMessage(message);
  }

  private void sendHeader(Metadata metadata) {
    headerCarried = true;
    send(
        GatewayKasResponse.newBuilder()
            .setHeader(
                GatewayKasResponse.Header.newBuilder().putAllMeta(CarriedMetadata.encode(metadata)))
            .build());
  }

  private void sendEnd(Status status, Metadata trailers) {
    if (!headerCarried) {
      // An error may not come first.
      sendHeader(new Metadata());
    }
    send(
        GatewayKasResponse.newBuilder()
            .setTrailer(
                GatewayKasResponse.Trailer.newBuilder()
                    .putAllMeta(CarriedMetadata.encode(trailers)))
            .build());
    if (!status.isOk()) {
      send(
          GatewayKasResponse.newBuilder()
              .setError(
                  GatewayKasResponse.Error.newBuilder()
                      .setStatus(CarriedStatus.encode(status, trailers)))
              .build());
    }
  }

  private void close(Status status) {
    if (closed) {
      return;
    }
    closed = true;
    if (aging != null) {
      aging.close();
    }
    if (waiting != null) {
      waiting.cancel();
    }
    if (found != null) {
      found.giveBack();
    }
    if (!call.isCancelled()) {
      call.close(status, new Metadata());
    }
  }

  private void failed(Throwable failure) {
    log.atError().setCause(failure).addKeyValue("agent_id", agentId).log("Gateway failed");
    if (carrier != null) {
      carrier.cancel("unexpected error", failure);
    }
    close(Status.INTERNAL.withDescription("unexpected error, see the log of kas"));
  }

  private final class Waiter implements TunnelWaiter {
    @Override
    public void found(FoundTunnel tunnel) {
      events.execute(() -> reserved(tunnel));
    }

    @Override
    public void refused(Status status) {
      events.execute(() -> close(status));
    }
  }

  private final class FromAgent extends ClientCall.Listener<ByteString> {
    @Override
    public void onHeaders(Metadata metadata) {
      events.execute(() -> sendHeader(metadata));
    }

    @Override
    public void onMessage(ByteString message) {
      events.execute(() -> {
        send(
            GatewayKasResponse.newBuilder()
                .setMessage(GatewayKasResponse.Message.newBuilder().setData(message))
                .build());
        if (carrier != null && call.isReady()) {
          carrier.request(1);
        } else {
          responseOwed = true;
        }
      });
    }

    @Override
    public void onReady() {
      events.execute(GatewayCall.this::agentTakesMore);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      events.execute(() -> {
        sendEnd(status, trailers);
        close(Status.OK);
      });
    }
  }
}
