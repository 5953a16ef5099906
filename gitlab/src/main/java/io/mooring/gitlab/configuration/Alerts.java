package io.mooring.gitlab.configuration;

import io.mooring.protocol.SettingException;
import java.time.Duration;

/**
 * When an agent counts as lost, and when as back.
 *
 * @param lostAfter without a connection to any kas
 * @param returnedAfter with a connection again; longer for one that comes and goes
 * @param silentAfter without a word, when kas cannot be asked
 */
public record Alerts(Duration lostAfter, Duration returnedAfter, Duration silentAfter) {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** Agents are heard of every five minutes, so shorter silence says nothing. */
  public static final Alerts DEFAULT =
      new Alerts(Duration.ofMinutes(2), Duration.ofMinutes(1), Duration.ofMinutes(10));

  public Alerts {
    require("alerts.lost_after", lostAfter);
    require("alerts.returned_after", returnedAfter);
    require("alerts.silent_after", silentAfter);
  }

  private static void require(String setting, Duration value) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(LONGEST) > 0) {
      throw new SettingException(setting, value.toSeconds() + "s (expected: 1s-86400s)");
    }
  }
}
