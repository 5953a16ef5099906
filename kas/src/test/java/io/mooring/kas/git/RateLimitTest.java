package io.mooring.kas.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeClock clock = new FakeClock();

  @Test
  void letsAsManyThroughAtOnceAsTheBucketHolds() {
    RateLimit limit = new RateLimit(10, 3, clock);

    assertThat(limit.take(MINUTE)).isZero();
    assertThat(limit.take(MINUTE)).isZero();
    assertThat(limit.take(MINUTE)).isZero();
    assertThat(limit.take(MINUTE)).isEqualTo(Duration.ofMillis(100));
    assertThat(limit.take(MINUTE)).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void fillsAgainWithTimeUpToItsSize() {
    RateLimit limit = new RateLimit(10, 2, clock);
    limit.take(MINUTE);
    limit.take(MINUTE);

    clock.advance(Duration.ofHours(1));

    assertThat(limit.take(MINUTE)).isZero();
    assertThat(limit.take(MINUTE)).isZero();
    assertThat(limit.take(MINUTE)).isPositive();
  }

  @Test
  void takesNothingFromWhoWouldNotWait() {
    RateLimit limit = new RateLimit(1, 1, clock);
    limit.take(MINUTE);

    assertThat(limit.take(Duration.ofMillis(10))).isEqualTo(Duration.ofSeconds(1));
    assertThat(limit.take(MINUTE)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void letsNobodyThroughAnEmptyBucketThatNeverFills() {
    assertThat(new RateLimit(0, 0, clock).take(MINUTE)).isGreaterThan(MINUTE);
    assertThat(new RateLimit(5, 0, clock).take(MINUTE)).isGreaterThan(MINUTE);

    RateLimit once = new RateLimit(0, 1, clock);
    assertThat(once.take(MINUTE)).isZero();
    assertThat(once.take(MINUTE)).isGreaterThan(MINUTE);
  }

  @Test
  void countsATokenGivenBack() {
    RateLimit limit = new RateLimit(1, 1, clock);
    limit.take(MINUTE);

    limit.giveBack();

    assertThat(limit.take(MINUTE)).isZero();
  }
}
