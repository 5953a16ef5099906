/**
 * What kas and agentk need around them, as small and fast as it can be, so that a measurement
 * measures them.
 *
 * <p>Main types: {@link io.mooring.benchmarks.standin.GitLabStandIn}, {@link
 * io.mooring.benchmarks.standin.GitalyStandIn} and {@link
 * io.mooring.benchmarks.standin.ClusterStandIn}. They answer on event loops and count what they are
 * asked. Knows nothing of workloads.
 */
@NullMarked
package io.mooring.benchmarks.standin;

import org.jspecify.annotations.NullMarked;
