package io.mooring.kas.tracker;

import io.mooring.wire.agenttracker.ConnectedAgentInfo;

/** Told of agents that come to this replica and go. Called on any thread; must not block. */
public interface PresenceListener {
  /** A connection is there that was not. */
  void connected(ConnectedAgentInfo info);

  /** The agent's last connection here ended properly. */
  void disconnected(ConnectedAgentInfo info);

  /** The agent's last connection here was not renewed in time. */
  void lost(ConnectedAgentInfo info);
}
