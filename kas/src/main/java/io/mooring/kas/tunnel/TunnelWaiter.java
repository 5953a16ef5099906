package io.mooring.kas.tunnel;

import io.grpc.Status;

/** Who waits for a tunnel of an agent. Called once, on any thread; must not block. */
public interface TunnelWaiter {
  /** A tunnel is reserved. The waiter uses it or gives it back. */
  void found(FoundTunnel tunnel);

  /** There will be none. */
  void refused(Status status);
}
