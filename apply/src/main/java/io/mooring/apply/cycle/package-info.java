/**
 * One pass from a batch to the cluster, and what keeps it true between passes. Main types: {@link
 * io.mooring.apply.cycle.Cycle}, {@link io.mooring.apply.cycle.Healer}, {@link
 * io.mooring.apply.cycle.ObjectTable}. One thread runs cycles; the table is the only state that
 * threads share, under one lock that is never held over I/O. It must not know when cycles run, nor
 * who listens.
 */
@NullMarked
package io.mooring.apply.cycle;

import org.jspecify.annotations.NullMarked;
