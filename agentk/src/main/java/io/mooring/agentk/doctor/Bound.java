package io.mooring.agentk.doctor;

import io.mooring.agentk.worker.Timing;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** The time one step has. */
final class Bound {
  /** A way that needs longer for one answer is no way for an agent. */
  static final Duration STEP = Duration.ofSeconds(10);

  private final Timing timing;
  private final Duration whole;
  private final long start;

  private Bound(Timing timing, Duration whole) {
    this.timing = timing;
    this.whole = whole;
    this.start = timing.nanos().getAsLong();
  }

  static Bound of(Timing timing, Duration whole) {
    return new Bound(timing, whole);
  }

  /** What is left, for a socket: at least 1, because 0 is forever there. */
  int millis() throws SocketTimeoutException {
    long left = whole.minus(timing.since(start)).toMillis();
    if (left <= 0) {
      throw new SocketTimeoutException("nothing within " + whole.toSeconds() + " s");
    }
    return Math.toIntExact(left);
  }

  String text() {
    return whole.toSeconds() + " s";
  }
}
