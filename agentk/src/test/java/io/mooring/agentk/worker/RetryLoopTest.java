package io.mooring.agentk.worker;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.agentk.Times;
import io.mooring.agentk.worker.RetryLoop.Outcome;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryLoopTest {
  private final FakeClock clock = new FakeClock();
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);
  private final AtomicInteger steps = new AtomicInteger();
  private final BlockingQueue<Outcome> script = new LinkedBlockingQueue<>();

  @AfterEach
  void end() {
    workers.close();
  }

  @Test
  void goesOnAtOnceAfterProgressAndWaitsLongerAfterEachFailure() throws Exception {
    script.addAll(
        List.of(
            Outcome.PROGRESS, Outcome.PROGRESS, Outcome.FAILURE, Outcome.FAILURE, Outcome.FAILURE));
    loop(Duration.ZERO);

    clock.awaitWaiting(1, SOON);
    assertThat(steps).hasValue(3);
    clock.advance(Duration.ofSeconds(10));
    clock.awaitWaiting(1, SOON);
    assertThat(steps).hasValue(4);
    clock.advance(Duration.ofSeconds(19));
    assertThat(steps).hasValue(4);
    clock.advance(Duration.ofSeconds(1));
    clock.awaitWaiting(1, SOON);
    assertThat(steps).hasValue(5);
  }

  @Test
  void waitsItsOwnIntervalWhenItIsDone() throws Exception {
    script.addAll(List.of(Outcome.DONE, Outcome.DONE));
    loop(Duration.ofMinutes(5));
    clock.awaitWaiting(1, SOON);

    clock.advance(Duration.ofMinutes(5));

    await().atMost(SOON).untilAsserted(() -> assertThat(steps).hasValue(2));
  }

  @Test
  void makesNoBusyLoopOfAPeerThatEndsAtOnceAgainAndAgain() throws Exception {
    script.addAll(List.of(Outcome.NOTHING, Outcome.NOTHING, Outcome.NOTHING));
    loop(Duration.ZERO);

    clock.awaitWaiting(1, SOON);

    assertThat(steps).hasValue(2);
  }

  @Test
  void tellsAFaultOfTheProgram() {
    workers.start(
        "faulty",
        () -> {
          throw new IllegalStateException("fault");
        });

    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(crashes)
                .singleElement()
                .satisfies(crash -> assertThat(crash).hasMessage("fault")));
  }

  @Test
  void endsThreadsWhenTheirOwnerIsClosed() throws Exception {
    var ended = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      workers.start(
          "sleeper",
          () -> {
            try {
              clock.sleep(Duration.ofDays(1));
            } finally {
              ended.incrementAndGet();
            }
          });
    }
    clock.awaitWaiting(3, SOON);

    workers.close();

    assertThat(ended).hasValue(3);
    assertThat(crashes).isEmpty();
  }

  private void loop(Duration interval) {
    workers.start(
        "loop",
        () ->
            new RetryLoop(BackoffPolicy.STANDARD, Times.of(clock))
                .run(
                    interval,
                    () -> {
                      Outcome next = script.take();
                      steps.incrementAndGet();
                      return next;
                    }));
  }
}
