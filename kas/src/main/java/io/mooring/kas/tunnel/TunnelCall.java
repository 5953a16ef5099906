package io.mooring.kas.tunnel;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.protocol.tunnel.CarriedMetadata;
import io.mooring.protocol.tunnel.CarriedStatus;
import io.mooring.wire.reversetunnel.rpc.CloseSend;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.Message;
import io.mooring.wire.reversetunnel.rpc.RequestInfo;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The one RPC a tunnel carries (tunnel.md 3.3), seen by its caller. Lives in the synchronization
 * context of the tunnel. hot: every message passes here; benchmark B2.
 */
final class TunnelCall extends ClientCall<ByteString, ByteString> {
  private static final ConnectResponse CLOSE_SEND =
      ConnectResponse.newBuilder().setCloseSend(CloseSend.getDefaultInstance()).build();

  private final Tunnel tunnel;
  private final String method;
  private @Nullable Listener<ByteString> listener;
  private @Nullable ReadAhead messages;
  private Metadata trailers = new Metadata();
  private Status outcome = Status.OK;
  private boolean halfClosed;
  private boolean finished;
  private volatile boolean streaming;

  TunnelCall(Tunnel tunnel, String method) {
    this.tunnel = tunnel;
    this.method = method;
  }

  @Override
  public void start(Listener<ByteString> caller, Metadata headers) {
    tunnel.events().execute(() -> begin(caller, headers));
  }

  private void begin(Listener<ByteString> caller, Metadata headers) {
    listener = caller;
    if (finished) {
      // Cancelled before it started.
      tunnel.giveBack();
      caller.onClose(outcome, trailers);
      return;
    }
    Set<AgentAbility> missing = missing(headers);
    if (!missing.isEmpty()) {
      tunnel.giveBack();
      end(
          Status.FAILED_PRECONDITION.withDescription(
              "the agent is too old for this request: "
                  + tunnel.program().userAgent()
                  + " lacks "
                  + missing
                  + " (expected: gitlab-agent 15.1 or later)"));
      return;
    }
    if (!tunnel.begin(this)) {
      end(Status.CANCELLED.withDescription("ForwardStream() called on done stream"));
      return;
    }
    messages = new ReadAhead(caller, tunnel::readNext);
    streaming = true;
    tunnel.send(
        ConnectResponse.newBuilder()
            .setRequestInfo(
                RequestInfo.newBuilder()
                    .setMethodName("/" + method)
                    .putAllMeta(CarriedMetadata.encode(headers)))
            .build());
    tunnel.readNext();
    agentTakesMore();
  }

  private Set<AgentAbility> missing(Metadata headers) {
    Set<AgentAbility> needed = headers.get(AgentAbility.NEEDED);
    Set<AgentAbility> missing = new TreeSet<>(needed == null ? Set.of() : needed);
    missing.removeAll(tunnel.program().abilities());
    return missing;
  }

  @Override
  public void request(int count) {
    tunnel
        .events()
        .execute(() -> {
          if (messages != null && !finished) {
            messages.request(count);
          }
        });
  }

  @Override
  public void sendMessage(ByteString message) {
    tunnel
        .events()
        .execute(() -> {
          if (streaming && !halfClosed) {
            tunnel.send(
                ConnectResponse.newBuilder()
                    .setMessage(Message.newBuilder().setData(message))
                    .build());
          }
        });
  }

  @Override
  public void halfClose() {
    tunnel
        .events()
        .execute(() -> {
          if (streaming && !halfClosed) {
            halfClosed = true;
            tunnel.send(CLOSE_SEND);
          }
        });
  }

  @Override
  public boolean isReady() {
    return streaming && tunnel.takesMore();
  }

  @Override
  public void cancel(@Nullable String text, @Nullable Throwable cause) {
    tunnel.events().execute(() -> cancelled(text, cause));
  }

  private void cancelled(@Nullable String text, @Nullable Throwable cause) {
    if (finished) {
      return;
    }
    Status reason =
        (cause instanceof StatusException status ? status.getStatus() : Status.CANCELLED)
            .withDescription(text);
    if (streaming) {
      Status ofTunnel =
          halfClosed
              ? reason.withDescription("Incoming stream closed: " + text)
              : Status.CANCELLED.withDescription("read from incoming stream");
      tunnel.finish(ofTunnel);
    }
    if (listener == null) {
      finished = true;
      outcome = reason;
    } else {
      end(reason);
    }
  }

  void agentTakesMore() {
    Listener<ByteString> caller = listener;
    if (caller != null && !finished && tunnel.takesMore()) {
      caller.onReady();
    }
  }

  /** What the agent sent is in order. */
  void agentSent(ConnectRequest message) {
    Listener<ByteString> caller = listener;
    if (caller == null || messages == null || finished) {
      return;
    }
    switch (message.getMsgCase()) {
      case MESSAGE -> {
        messages.add(message.getMessage().getData());
        // The next one is read when this one was taken.
        return;
      }
      case HEADER -> caller.onHeaders(CarriedMetadata.decode(message.getHeader().getMetaMap()));
      case TRAILER -> trailers = CarriedMetadata.decode(message.getTrailer().getMetaMap());
      case ERROR -> failedWith(message.getError().getStatus());
      case DESCRIPTOR_MESSAGE, MSG_NOT_SET ->
          throw Status.INVALID_ARGUMENT
              .withDescription("Invalid oneof value type: " + message.getMsgCase())
              .asRuntimeException();
    }
    tunnel.readNext();
  }

  private void failedWith(com.google.rpc.Status status) {
    CarriedStatus carried = CarriedStatus.decode(status);
    outcome = carried.status();
    trailers.merge(carried.trailers());
  }

  /** The agent ended its stream in good order. */
  void agentEnded() {
    end(outcome);
  }

  /** The tunnel broke, or the agent did something that is not allowed. */
  void tunnelFailed(Status status) {
    end(status);
  }

  private void end(Status status) {
    if (!finished) {
      finished = true;
      streaming = false;
      messages = null;
      if (listener != null) {
        listener.onClose(status, trailers);
      }
    }
  }
}
