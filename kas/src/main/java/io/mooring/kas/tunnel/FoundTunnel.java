package io.mooring.kas.tunnel;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;

/** A tunnel that is reserved for one caller: to be used once, or given back. Thread-safe. */
public final class FoundTunnel {
  private final Tunnel tunnel;
  private final TunnelRegistry registry;

  FoundTunnel(Tunnel tunnel, TunnelRegistry registry) {
    this.tunnel = tunnel;
    this.registry = registry;
  }

  /** The program at the other end. */
  public AgentProgram program() {
    return tunnel.program();
  }

  /**
   * The RPC that uses the tunnel up. Starting it sends the request; its listener is called on any
   * thread, one event after another, and must not block. {@code request} and {@code isReady}
   * regulate the flow as in every {@link ClientCall}; apart from what was requested, one message is
   * read ahead.
   *
   * @param method full name of the method, without a leading slash
   */
  public ClientCall<ByteString, ByteString> call(String method) {
    return new TunnelCall(tunnel, method);
  }

  /** Lets others have it. Nothing happens when it was used or is gone meanwhile. */
  public void giveBack() {
    registry.giveBack(tunnel);
  }
}
