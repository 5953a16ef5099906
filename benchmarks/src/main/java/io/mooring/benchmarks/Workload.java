package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import java.io.IOException;

/** One workload. */
interface Workload {

  /** What it does and how it is measured, one sentence for the table's head. */
  String title();

  /** Runs it and returns the figures. Leaves no process, port or file behind. */
  Report measure(Progress progress, Effort effort) throws IOException, InterruptedException;
}
