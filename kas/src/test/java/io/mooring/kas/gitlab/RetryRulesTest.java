package io.mooring.kas.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryRulesTest {
  private final RetryRules rules =
      new RetryRules(new FakeClock(Instant.parse("2026-01-02T03:04:05Z")));

  @Test
  @Tag("wire-81")
  void doublesThePauseFromATenthOfASecondToHalfAMinute() {
    assertThat(rules.delay(0)).isEqualTo(Duration.ofMillis(100));
    assertThat(rules.delay(1)).isEqualTo(Duration.ofMillis(200));
    assertThat(rules.delay(3)).isEqualTo(Duration.ofMillis(800));
    assertThat(rules.delay(20)).isEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @Tag("wire-81")
  @CsvSource({
    "429, 3, PT3S",
    "503, 3, PT3S",
    "500, 3, PT0.1S",
    "429, 3600, PT30S",
    "429, '', PT0.1S",
    "429, soon, PT0.1S",
    "429, -1, PT0.1S",
    "429, 99999999999999999999, PT0.1S",
    "503, 'Fri, 2 Jan 2026 03:04:15 GMT', PT10S",
    "503, 'Thu, 1 Jan 2026 03:04:15 GMT', PT0S",
  })
  void waitsAsLongAsGitLabAsksFor(int status, String retryAfter, Duration pause) {
    assertThat(rules.delay(0, status, retryAfter)).isEqualTo(pause);
  }
}
