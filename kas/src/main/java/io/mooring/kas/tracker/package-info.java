/**
 * Which agents are connected, on all replicas.
 *
 * <p>Main type: {@link io.mooring.kas.tracker.AgentTracker}. One virtual thread owns the writing;
 * callers only hand over. Knows nothing of tunnels: that is another index.
 */
@NullMarked
package io.mooring.kas.tracker;

import org.jspecify.annotations.NullMarked;
