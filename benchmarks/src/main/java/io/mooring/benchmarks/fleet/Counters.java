package io.mooring.benchmarks.fleet;

import java.util.concurrent.atomic.LongAdder;

/** What all agents count together. Any thread. */
final class Counters {
  final LongAdder started = new LongAdder();
  final LongAdder present = new LongAdder();
  final LongAdder configured = new LongAdder();
  final LongAdder idleTunnels = new LongAdder();
  final LongAdder busyTunnels = new LongAdder();
  final LongAdder answered = new LongAdder();
  final LongAdder lost = new LongAdder();

  Census census() {
    return new Census(
        started.sum(),
        present.sum(),
        configured.sum(),
        idleTunnels.sum(),
        busyTunnels.sum(),
        answered.sum(),
        lost.sum());
  }
}
