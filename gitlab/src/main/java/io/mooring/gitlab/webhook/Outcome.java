package io.mooring.gitlab.webhook;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of an attempt.
 *
 * @param status what the receiver answered; empty when it did not
 * @param answer the begin of the answer's body
 * @param problem why nothing was answered; empty when something was
 * @param duration how long it took
 */
record Outcome(Optional<Integer> status, String answer, String problem, Duration duration) {
  static Outcome failed(String problem, Duration duration) {
    return new Outcome(Optional.empty(), "", problem, duration);
  }

  /** Whether the receiver took it. A redirect is no such answer: it is not followed. */
  boolean succeeded() {
    return status.filter(code -> code >= 200 && code < 300).isPresent();
  }
}
