package io.mooring.kas.tunnel;

/** Where a tunnel stands (tunnel.md 3.1). */
enum TunnelState {
  /** Not in the registry yet. */
  NEW,
  /** In the registry, for whoever comes. */
  READY,
  /** Handed to a caller, not used yet. */
  FOUND,
  /** In use. */
  FORWARDING,
  /** Finished: used, too old, or the agent went away. */
  DONE
}
