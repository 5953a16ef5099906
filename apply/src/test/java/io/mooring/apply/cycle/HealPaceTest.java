package io.mooring.apply.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealPaceTest {

  @Test
  void healsAtOnceTwiceAndThenMoreAndMoreSlowly() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    HealPace pace = HealPace.untouched();
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      pace = pace.next(now);
      delays.add(Duration.between(now, pace.last()).toSeconds());
      now = pace.last();
    }

    assertThat(delays).startsWith(0L, 0L, 2L, 4L, 8L, 16L).endsWith(300L, 300L);
    assertThat(pace.isHot()).isTrue();
  }

  @Test
  void forgetsAfterAQuietTime() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    HealPace pace = HealPace.untouched().next(now).next(now).next(now);

    HealPace later = pace.next(now.plus(Duration.ofMinutes(11)));

    assertThat(pace.isHot()).isTrue();
    assertThat(later.isHot()).isFalse();
    assertThat(later.streak()).isEqualTo(1);
  }
}
