package io.mooring.kas.rpc;

import io.grpc.Context;

/**
 * How long an RPC may idle: until its connection got old, or kas shuts down (wire.md 2.5). A
 * handler that waits ends its stream with OK when this fires; one in the middle of work finishes
 * the step first.
 */
public interface AgeContext {
  /** The key under which the servers put it. */
  Context.Key<AgeContext> KEY = Context.key("age-context");

  /** Whether the RPC should end at the next quiet moment. */
  boolean expired();

  /**
   * Runs the action once, when this fires; at once if it has fired already. The action must not
   * block.
   *
   * @return closing it forgets the action
   */
  Registration onExpire(Runnable action);

  /**
   * Runs the action once, when the server begins to shut down; at once if it has. For a handler
   * that does not mind the age of its connection. The action must not block.
   *
   * @return closing it forgets the action
   */
  default Registration onShutdown(Runnable action) {
    return () -> {};
  }

  /** The context of the RPC that runs on this thread; one that never fires outside of an RPC. */
  static AgeContext current() {
    AgeContext age = KEY.get();
    return age == null ? Ageless.INSTANCE : age;
  }

  /** Forgets an action when closed. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
