package io.mooring.kas.tunnel;

/** A caller in the queue for a tunnel of an agent. Equal to itself alone. */
final class WaitingCaller {
  private final String method;
  private final TunnelWaiter waiter;

  WaitingCaller(String method, TunnelWaiter waiter) {
    this.method = method;
    this.waiter = waiter;
  }

  /** Full name of the method it wants to call. */
  String method() {
    return method;
  }

  TunnelWaiter waiter() {
    return waiter;
  }
}
