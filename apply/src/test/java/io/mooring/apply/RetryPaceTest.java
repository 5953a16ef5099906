package io.mooring.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.apply.options.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPaceTest {

  @Test
  void doublesFromTenSecondsToAMinuteAndStretchesByChance() {
    RetryPace pace = new RetryPace(Pace.defaults(), new Random(1));
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    for (int seconds : new int[] {10, 20, 40, 60, 60}) {
      assertThat(pace.pause(now))
          .isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(2L * seconds));
    }
  }

  @Test
  void beginsAnewAfterAQuietTime() {
    RetryPace pace = new RetryPace(Pace.defaults(), new Random(1));
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    pace.pause(now);
    pace.pause(now);

    assertThat(pace.pause(now.plus(Duration.ofMinutes(3))))
        .isLessThanOrEqualTo(Duration.ofSeconds(20));
  }
}
