package io.mooring.kas.tracker;

import io.mooring.wire.agenttracker.ConnectedAgentInfo;

/** Remembers which agents are connected, for all replicas. Never blocks on the store. */
@FunctionalInterface
public interface AgentTracker {
  /**
   * Lists the connection until the registration is closed. The entry is kept fresh in between. A
   * store that does not answer delays the listing and is logged; it is no failure of the caller.
   */
  Registration register(ConnectedAgentInfo info);

  /** Removes the connection from the list when closed. Closing twice is harmless. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
