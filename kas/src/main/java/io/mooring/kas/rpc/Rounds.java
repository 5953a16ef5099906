package io.mooring.kas.rpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.protocol.backoff.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The loop of an RPC that looks for news again and again: at once after a notice, else after an
 * interval, and after a growing pause when a look failed. It ends when a round says so, the client
 * left or the connection got old. Owned by the thread of the RPC.
 */
public final class Rounds {
  /** What comes after a round. */
  public enum Outcome {
    /** The RPC ends with OK. */
    DONE,
    /** The next round at the next notice, or after the interval. */
    WAIT,
    /** The next round after a back-off, which no notice cuts short. */
    RETRY,
    /** No further round: the RPC stays open until the client leaves or the connection got old. */
    HOLD
  }

  /** One look. */
  @FunctionalInterface
  public interface Round {
    /**
     * Looks.
     *
     * @throws StatusException ends the RPC
     */
    Outcome run() throws StatusException, InterruptedException;
  }

  // Longer than any connection lives; the wait is repeated anyway.
  private static final Duration LONG = Duration.ofHours(1);

  private final Wakeup wakeup;
  private final Duration interval;
  private final Backoff backoff;
  private final InstantSource clock;

  /** A loop that has not begun. */
  public Rounds(Wakeup wakeup, Duration interval, Backoff backoff, InstantSource clock) {
    this.wakeup = wakeup;
    this.interval = interval;
    this.backoff = backoff;
    this.clock = clock;
  }

  /** Runs rounds, the first at once, until the RPC should end. */
  public void run(Round round) throws StatusException, InterruptedException {
    boolean goOn = true;
    while (goOn) {
      goOn =
          switch (round.run()) {
            case DONE -> false;
            case WAIT -> isAlive(wakeup.await(interval));
            case RETRY -> pause(backoff.next());
            case HOLD -> hold();
          };
    }
  }

  /** For a failed look-up in GitLab: unavailable is worth another round, all else ends the RPC. */
  public static Outcome retryIfUnavailable(StatusException failure) throws StatusException {
    if (failure.getStatus().getCode() == Status.Code.UNAVAILABLE) {
      return Outcome.RETRY;
    }
    throw failure;
  }

  private boolean pause(Duration delay) throws InterruptedException {
    Instant end = clock.instant().plus(delay);
    Duration left = delay;
    while (left.isPositive()) {
      if (!isAlive(wakeup.await(left))) {
        return false;
      }
      left = Duration.between(clock.instant(), end);
    }
    return true;
  }

  private boolean hold() throws InterruptedException {
    while (isAlive(wakeup.await(LONG))) {
      // A notice changes nothing here.
    }
    return false;
  }

  private static boolean isAlive(Wakeup.Reason reason) {
    return switch (reason) {
      case NOTICE, TIMEOUT -> true;
      case EXPIRED, CANCELLED -> false;
    };
  }
}
