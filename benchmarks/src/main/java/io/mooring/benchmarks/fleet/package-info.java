/**
 * Many agents in one process, over real connections to kas.
 *
 * <p>Main type: {@link io.mooring.benchmarks.fleet.Fleet}. An agent owns a connection, tells kas
 * that it is there, follows its configuration, and offers tunnels whose requests it answers itself.
 * All of them share a few event loops and one timer; an agent's state is guarded by the agent.
 * Knows the wire and nothing of agentk.
 */
@NullMarked
package io.mooring.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
