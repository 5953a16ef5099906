package io.mooring.benchmarks.fleet;

import java.util.Locale;

/**
 * A fleet at one moment.
 *
 * @param started agents that were started
 * @param present agents that kas has acknowledged since they last lost it
 * @param configured agents that have a configuration
 * @param idleTunnels offered and not used
 * @param busyTunnels in use
 * @param answered requests answered through tunnels, ever
 * @param lost how often an agent lost kas, ever
 */
public record Census(
    long started,
    long present,
    long configured,
    long idleTunnels,
    long busyTunnels,
    long answered,
    long lost) {
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d agents started, %,d present, %,d configured, %,d idle and %,d busy tunnels, %,d requests answered, kas lost %,d times",
        started,
        present,
        configured,
        idleTunnels,
        busyTunnels,
        answered,
        lost);
  }
}
