package io.mooring.agentk.worker;

import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.time.Duration;

/** Does something again and again, with a pause after a failure. One thread. */
public final class RetryLoop {
  /**
   * A step that got nothing, again and again sooner than this, counts as a failure: no busy loop.
   */
  private static final Duration TOO_SOON = Duration.ofSeconds(1);

  private final Timing timing;
  private final Backoff backoff;

  /** A loop with its own back-off. */
  public RetryLoop(BackoffPolicy policy, Timing timing) {
    this.timing = timing;
    this.backoff = new Backoff(policy, timing.clock(), timing.random());
  }

  /** How a step ended. */
  public enum Outcome {
    /** It got something: again at once. */
    PROGRESS,
    /**
     * The other side ended it properly, with nothing: again at once, unless that happens too often.
     */
    NOTHING,
    /** It failed: again after a pause. */
    FAILURE,
    /** It wants to go on after its own interval. */
    DONE
  }

  /** One turn. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    Outcome run() throws InterruptedException;
  }

  /**
   * Runs steps until the thread is interrupted.
   *
   * @param interval pause after {@link Outcome#DONE}
   */
  public void run(Duration interval, Step step) throws InterruptedException {
    int quick = 0;
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long start = timing.nanos().getAsLong();
      Outcome outcome = step.run();
      quick =
          outcome == Outcome.NOTHING && timing.since(start).compareTo(TOO_SOON) < 0 ? quick + 1 : 0;
      switch (outcome) {
        case PROGRESS -> {}
        case DONE -> timing.pause().sleep(interval);
        case FAILURE -> timing.pause().sleep(backoff.next());
        case NOTHING -> {
          if (quick > 1) {
            timing.pause().sleep(backoff.next());
          }
        }
      }
    }
  }
}
