package io.mooring.kas.routing;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.mooring.kas.tunnel.RawMessages;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The way to agents: an RPC on this channel is carried to the agent its metadata names by {@link
 * RoutedAgent#ID}, through this replica or another.
 *
 * <p>Only bytes travel; the method's marshallers are used at this end. Calls are asynchronous: a
 * listener is called on any thread, one event after another, unless the call options name an
 * executor, and must not block. Flow control is that of every gRPC call: {@code request} for what
 * is received, {@code isReady} and {@code onReady} for what is sent. Before a tunnel is found, one
 * message of 4 MiB may be sent. Of the call options, executor and deadline are heeded.
 *
 * <p>The RPC ends with the status of the agent; or {@code DEADLINE_EXCEEDED} when no replica has a
 * tunnel for 20 s; {@code FAILED_PRECONDITION} when the agent lacks a needed {@link
 * io.mooring.kas.tunnel.AgentAbility}; {@code CANCELLED} or {@code UNAVAILABLE} when a connection
 * broke.
 */
public final class RoutingChannel extends Channel {
  private final Routing routing;

  /** A channel that searches by these means. */
  public RoutingChannel(Routing routing) {
    this.routing = routing;
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    RoutedCall routed =
        new RoutedCall(
            routing, method.getFullMethodName(), Optional.ofNullable(options.getDeadline()));
    Executor executor = options.getExecutor();
    if (executor == null
        && method.getRequestMarshaller() == RawMessages.MARSHALLER
        && method.getResponseMarshaller() == RawMessages.MARSHALLER) {
      return unmarshalled(routed);
    }
    return new MarshallingCall<>(
        method, routed, executor == null ? Runnable::run : new InOrder(executor));
  }

  /** Both marshallers are those of bytes, so these are the caller's types. */
  @SuppressWarnings("unchecked") // Q and R are ByteString, as just checked
  private static <Q, R> ClientCall<Q, R> unmarshalled(RoutedCall routed) {
    return (ClientCall<Q, R>) routed;
  }

  /** All agents are behind it. */
  @Override
  public String authority() {
    return "agents";
  }
}
