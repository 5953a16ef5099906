/**
 * Clients that put load on an {@link io.mooring.benchmarks.load.Endpoint} and tell how it was
 * served.
 *
 * <p>Main types: {@link io.mooring.benchmarks.load.Wrk} for many small requests, and {@link
 * io.mooring.benchmarks.load.RawConnection}, on which the others stand: bulk transfers, readers
 * that stall, watches and sessions. Each open connection has a virtual thread of its own. Knows
 * nothing of what is measured.
 */
@NullMarked
package io.mooring.benchmarks.load;

import org.jspecify.annotations.NullMarked;
