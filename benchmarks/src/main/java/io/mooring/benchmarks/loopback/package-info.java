/**
 * Sockets of what stands around the measured programs, all on loopback.
 *
 * <p>Main types: {@link io.mooring.benchmarks.loopback.Loops} and {@link
 * io.mooring.benchmarks.loopback.HttpPort}. Handlers run on the event loops and never block. Knows
 * nothing of workloads.
 */
@NullMarked
package io.mooring.benchmarks.loopback;

import org.jspecify.annotations.NullMarked;
