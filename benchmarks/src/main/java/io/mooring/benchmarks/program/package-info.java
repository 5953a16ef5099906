/**
 * The measured programs as processes of their own, started as an operator would, and what the
 * kernel says of them.
 *
 * <p>Main types: {@link io.mooring.benchmarks.program.ProgramRun}, {@link
 * io.mooring.benchmarks.program.KasReplica} and {@link
 * io.mooring.benchmarks.program.ProcessFigures}. Owned by the thread that started them. Knows
 * nothing of load.
 */
@NullMarked
package io.mooring.benchmarks.program;

import org.jspecify.annotations.NullMarked;
