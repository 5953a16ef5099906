/**
 * {@code ./bench WORKLOAD}: measures a workload of {@code docs/benchmarks.md}, prints a table and
 * writes JSON.
 *
 * <p>Main type: {@link io.mooring.benchmarks.Bench}. A workload runs on one thread and owns what it
 * starts. Nothing here decides whether a figure is good enough; targets are printed beside figures.
 */
@NullMarked
package io.mooring.benchmarks;

import org.jspecify.annotations.NullMarked;
