package io.mooring.kas.identity;

import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The machine at the other end of the connection, for counting what it does wrong.
 *
 * @param address IP address without port, or a word for what has none
 */
public record Peer(String address) {
  private static final Context.Key<Peer> KEY = Context.key("peer");

  /** The peer of a call. */
  static Peer of(ServerCall<?, ?> call) {
    SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return new Peer(
        remote instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "local");
  }

  /** The peer of the RPC that runs on this thread. */
  public static Peer current() {
    Peer peer = KEY.get();
    return peer == null ? new Peer("local") : peer;
  }

  /** A context that carries it. */
  public Context within(Context context) {
    return context.withValue(KEY, this);
  }
}
