package io.mooring.kas.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.rpc.Rounds.Outcome;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RoundsTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final InstantSource CLOCK = InstantSource.system();

  @Test
  void endsWhenARoundIsDone() throws Exception {
    assertThat(rounds(LONG, Duration.ofMillis(1), Outcome.RETRY, Outcome.RETRY, Outcome.DONE))
        .isEqualTo(3);
  }

  @Test
  void looksAgainAfterTheInterval() throws Exception {
    assertThat(rounds(Duration.ofMillis(5), LONG, Outcome.WAIT, Outcome.WAIT, Outcome.DONE))
        .isEqualTo(3);
  }

  @Test
  void looksAgainAtOnceAfterANotice() throws Exception {
    try (Wakeup wakeup = new Wakeup()) {
      Deque<Outcome> outcomes = new ArrayDeque<>(List.of(Outcome.WAIT, Outcome.WAIT, Outcome.DONE));

      new Rounds(wakeup, LONG, backoff(LONG), CLOCK)
          .run(() -> {
            wakeup.notice();
            return outcomes.pop();
          });

      assertThat(outcomes).isEmpty();
    }
  }

  @Test
  void doesNotLetANoticeCutABackOffShort() throws Exception {
    try (Wakeup wakeup = new Wakeup()) {
      Deque<Outcome> outcomes = new ArrayDeque<>(List.of(Outcome.RETRY, Outcome.DONE));
      long start = System.nanoTime();

      new Rounds(wakeup, LONG, backoff(Duration.ofMillis(200)), CLOCK)
          .run(() -> {
            wakeup.notice();
            return outcomes.pop();
          });

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));
    }
  }

  @Test
  void endsInAnyWaitWhenTheClientLeaves() throws Exception {
    for (Outcome outcome : List.of(Outcome.WAIT, Outcome.RETRY, Outcome.HOLD)) {
      Context.CancellableContext client = Context.ROOT.withCancellation();

      int count =
          client.call(() ->
              rounds(
                  LONG,
                  LONG,
                  () -> {
                    client.cancel(null);
                    return outcome;
                  }));

      assertThat(count).isEqualTo(1);
    }
  }

  @Test
  void endsWithTheStatusOfARound() {
    assertThatThrownBy(() ->
            rounds(
                LONG,
                LONG,
                () -> {
                  throw Status.NOT_FOUND.asException();
                }))
        .isInstanceOf(StatusException.class);
  }

  @Test
  void retriesOnlyWhatIsUnavailable() throws Exception {
    assertThat(Rounds.retryIfUnavailable(Status.UNAVAILABLE.asException()))
        .isEqualTo(Outcome.RETRY);
    assertThatThrownBy(() -> Rounds.retryIfUnavailable(Status.PERMISSION_DENIED.asException()))
        .isInstanceOf(StatusException.class);
  }

  private static int rounds(Duration interval, Duration pause, Outcome... outcomes)
      throws Exception {
    Deque<Outcome> queue = new ArrayDeque<>(List.of(outcomes));
    return rounds(interval, pause, queue::pop);
  }

  private static int rounds(Duration interval, Duration pause, Rounds.Round round)
      throws Exception {
    int[] count = {0};
    try (Wakeup wakeup = new Wakeup()) {
      new Rounds(wakeup, interval, backoff(pause), CLOCK)
          .run(() -> {
            count[0]++;
            return round.run();
          });
    }
    return count[0];
  }

  private static Backoff backoff(Duration pause) {
    return new Backoff(
        new BackoffPolicy(pause, pause, LONG, 1, 0), CLOCK, RandomGenerator.getDefault());
  }
}
