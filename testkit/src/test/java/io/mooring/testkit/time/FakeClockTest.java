package io.mooring.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class FakeClockTest {
  private static final Instant START = Instant.parse("2026-05-06T07:08:09Z");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeClock clock = new FakeClock(START);
  private final List<String> events = new ArrayList<>();

  @Test
  void standsStillUntilAdvanced() {
    assertThat(clock.instant()).isEqualTo(START).isEqualTo(clock.instant());
    long before = clock.nanoTime();

    clock.advance(SECOND);

    assertThat(clock.instant()).isEqualTo(START.plus(SECOND));
    assertThat(clock.nanoTime() - before).isEqualTo(SECOND.toNanos());
  }

  @Test
  void runsWhatIsDueInOrderAndAtItsTime() {
    clock.schedule(Duration.ofSeconds(3), () -> event("third"));
    clock.schedule(Duration.ofSeconds(1), () -> event("first"));
    clock.schedule(Duration.ofSeconds(1), () -> event("second"));
    clock.schedule(Duration.ofSeconds(9), () -> event("later"));

    clock.advance(Duration.ofSeconds(5));

    assertThat(events).containsExactly("first@1", "second@1", "third@3");
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(5));
    assertThat(clock.waiting()).isEqualTo(1);
    assertThat(clock.nextWakeup()).contains(START.plusSeconds(9));
  }

  @Test
  void runsWhatADueTaskSchedules() {
    clock.schedule(SECOND, () -> clock.schedule(SECOND, () -> event("nested")));

    clock.advance(Duration.ofSeconds(2));

    assertThat(events).containsExactly("nested@2");
  }

  @Test
  void forgetsWhatIsCancelled() {
    var wakeup = clock.schedule(SECOND, () -> event("never"));

    assertThat(wakeup.cancel()).isTrue();
    clock.advance(Duration.ofHours(1));

    assertThat(wakeup.cancel()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void jumpsToTheNextWakeup() {
    clock.schedule(Duration.ofMinutes(5), () -> event("due"));

    clock.advanceToNext();
    clock.advanceToNext();

    assertThat(events).containsExactly("due@300");
  }

  @Test
  void wakesASleepingThread() throws Exception {
    var sleeper =
        CompletableFuture.runAsync(
            () -> {
              try {
                clock.sleep(Duration.ofMinutes(1));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            task -> Thread.ofVirtual().start(task));
    clock.awaitWaiting(1, Duration.ofSeconds(20));

    clock.advance(Duration.ofSeconds(59));
    assertThat(sleeper).isNotDone();
    clock.advance(SECOND);

    assertThat(sleeper).succeedsWithin(Duration.ofSeconds(20));
    assertThat(clock.waiting()).isZero();
  }

  @Test
  void tellsHowManyWaitWhenFewerThanExpectedDo() {
    assertThatThrownBy(() -> clock.awaitWaiting(1, Duration.ofMillis(10)))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("0 wait on the clock after PT0.01S (expected: at least 1)");
  }

  @Test
  void doesNotGoBack() {
    assertThatThrownBy(() -> clock.advance(SECOND.negated()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void schedulerRepeatsUntilCancelled() {
    var scheduler = clock.scheduler();
    var task = scheduler.scheduleAtFixedRate(() -> event("tick"), 1, 10, TimeUnit.SECONDS);

    clock.advance(Duration.ofSeconds(25));
    task.cancel(false);
    clock.advance(Duration.ofSeconds(25));

    assertThat(events).containsExactly("tick@1", "tick@11", "tick@21");
  }

  @Test
  void schedulerStopsRepeatingAfterAFailure() {
    var task =
        clock
            .scheduler()
            .scheduleWithFixedDelay(
                () -> {
                  event("fails");
                  throw new IllegalStateException("broken");
                },
                1,
                1,
                TimeUnit.SECONDS);

    clock.advance(Duration.ofSeconds(5));

    assertThat(events).containsExactly("fails@1");
    assertThat(task.isDone()).isTrue();
  }

  @Test
  void schedulerRunsNothingAfterShutdown() {
    var scheduler = clock.scheduler();
    var task = scheduler.schedule(() -> event("never"), 1, TimeUnit.SECONDS);

    scheduler.shutdown();
    clock.advance(Duration.ofSeconds(5));

    assertThat(events).isEmpty();
    assertThat(task.isCancelled()).isTrue();
  }

  private void event(String name) {
    events.add(name + "@" + Duration.between(START, clock.instant()).toSeconds());
  }
}
