package io.mooring.apply.cluster;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Repeats requests that failed for a passing reason: server overloaded, restarted or not reached.
 * Every request of the engine may be repeated: applies and deletes name what they want, not what to
 * change.
 */
public final class Retry {
  /** With pauses of 0.25, 0.5, 1 and 2 s; what lasts longer is for the next cycle. */
  private static final int ATTEMPTS = 5;

  private static final Duration FIRST = Duration.ofMillis(250);

  /** A server that asks for more than this gets it by failing: the cycle backs off. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final RandomGenerator random;

  /** With a source of chance, so that many agents do not return together. */
  public Retry(RandomGenerator random) {
    this.random = random;
  }

  /** A request. */
  @FunctionalInterface
  public interface Request<T> {
    /** Sends it once. */
    T send() throws ApiException, InterruptedException;
  }

  /** Sends a request until it is answered, refused or cancelled. */
  public <T> T send(Cancellation cancellation, Request<T> request)
      throws ApiException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.send();
      } catch (ApiException e) {
        boolean last = attempt == ATTEMPTS || e.retryAfter().compareTo(LONGEST) > 0;
        if (!e.isTransient() || last || cancellation.await(pause(attempt, e))) {
          throw e;
        }
      }
    }
  }

  private Duration pause(int attempt, ApiException e) {
    long base = FIRST.toMillis() << (attempt - 1);
    return e.retryAfter().plusMillis(base / 2 + random.nextLong(base));
  }
}
