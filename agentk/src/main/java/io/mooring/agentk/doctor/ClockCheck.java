package io.mooring.agentk.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Compares this clock with those whose time came along with answers. One thread. */
final class ClockCheck {
  /** Leases, tokens and certificates bear this much, and {@code Date} has whole seconds. */
  private static final Duration TOLERANCE = Duration.ofSeconds(30);

  private final Map<String, Duration> ahead = new LinkedHashMap<>();

  /** Notes what another's clock said when this one said {@code now}. */
  void saw(String whose, Instant date, Instant now) {
    ahead.put(whose, Duration.between(date, now));
  }

  Finding judge() {
    if (ahead.isEmpty()) {
      return Finding.skipped(Check.CLOCK, "nobody told the time: no answer had a Date");
    }
    String value =
        ahead.entrySet().stream()
            .map(entry -> entry.getValue().toSeconds() + " s ahead of " + entry.getKey())
            .collect(Collectors.joining(", "));
    boolean wrong = ahead.values().stream().anyMatch(skew -> skew.abs().compareTo(TOLERANCE) > 0);
    return wrong
        ? Finding.warning(
            Check.CLOCK,
            "this machine's clock differs from others",
            value,
            "at most " + TOLERANCE.toSeconds() + " s",
            "keep the node's clock by NTP: certificates, tokens and leases are judged by it")
        : Finding.ok(Check.CLOCK, "the clocks agree", value);
  }
}
