package io.mooring.agentk.tunnel;

/** Told how the pool is used. Called on the pool's event loop; must not block. */
@FunctionalInterface
public interface Occupancy {
  /**
   * The numbers from now on.
   *
   * @param idle tunnels that wait for a request, or for kas
   * @param active tunnels that carry one
   */
  void changed(int idle, int active);
}
