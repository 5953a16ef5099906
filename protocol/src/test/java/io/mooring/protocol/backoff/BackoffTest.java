package io.mooring.protocol.backoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final RandomGenerator NO_CHANCE = () -> 0L;

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

  @Test
  void doublesUpToItsBound() {
    var backoff = new Backoff(BackoffPolicy.SHORT, now::get, NO_CHANCE);

    assertThat(java.util.stream.Stream.generate(backoff::next).limit(5).map(Duration::toSeconds))
        .containsExactly(10L, 20L, 40L, 60L, 60L);
  }

  @Test
  void startsAgainAfterAQuietTime() {
    var backoff = new Backoff(BackoffPolicy.SHORT, now::get, NO_CHANCE);
    backoff.next();
    backoff.next();

    now.set(now.get().plus(Duration.ofSeconds(121)));

    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void goesOnWhenTheQuietTimeWasTooShort() {
    var backoff = new Backoff(BackoffPolicy.SHORT, now::get, NO_CHANCE);
    backoff.next();

    now.set(now.get().plus(Duration.ofMinutes(2)));

    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  @Tag("fault-34")
  void spreadsDelaysByItsJitter() {
    RandomGenerator half = () -> Long.MIN_VALUE; // nextDouble() is 0.5
    var backoff = new Backoff(BackoffPolicy.STANDARD, now::get, half);

    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void refusesNumbersThatMakeNoSequence() {
    assertThatThrownBy(
            () -> new BackoffPolicy(Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO, 2, 1))
        .hasMessageContaining("init");
    assertThatThrownBy(() ->
            new BackoffPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO, 0.5, 1))
        .hasMessageContaining("factor");
  }
}
