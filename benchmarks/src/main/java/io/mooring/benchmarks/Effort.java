package io.mooring.benchmarks;

import java.time.Duration;

/**
 * How thoroughly to measure.
 *
 * @param runs of every figure
 * @param warmUp load before the first counted run
 * @param run length of one run under load
 * @param idle length of a look at programs that rest
 * @param divisor sizes such as numbers of agents are divided by this
 */
record Effort(int runs, Duration warmUp, Duration run, Duration idle, int divisor) {

  /** For figures that are shown. */
  static Effort full() {
    return new Effort(3, Duration.ofSeconds(10), Duration.ofSeconds(8), Duration.ofSeconds(20), 1);
  }

  /** To see whether something got much worse. */
  static Effort quick() {
    return new Effort(1, Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofSeconds(4), 10);
  }

  /** A size that the full effort has. */
  int size(int full) {
    return Math.max(1, full / divisor);
  }
}
