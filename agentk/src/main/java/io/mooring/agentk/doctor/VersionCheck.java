package io.mooring.agentk.doctor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether kas and agent are of neighbouring versions. */
final class VersionCheck {
  private static final Pattern SERVER = Pattern.compile("gitlab-kas/(v?[^/ ]+).*");
  private static final Pattern VERSION = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})\\..*");

  private VersionCheck() {}

  /**
   * Compares.
   *
   * @param server header {@code Server} of kas's answer; empty where there was none
   * @param own version of this agent
   */
  static Finding judge(String server, String own) {
    Matcher named = SERVER.matcher(server);
    if (!named.matches()) {
      return Finding.skipped(
          Check.VERSION,
          "kas tells its version only where it takes WebSockets; this agent: " + own);
    }
    String kas = named.group(1);
    Optional<Integer> distance = distance(kas, own);
    String both = "kas " + kas + ", agent " + own;
    if (distance.isEmpty()) {
      return Finding.ok(Check.VERSION, "one of the versions is of a build without number", both);
    }
    if (distance.get() > 1) {
      return Finding.warning(
          Check.VERSION,
          "kas and agent are more than one minor version apart",
          both,
          "the same version, or its neighbour",
          "upgrade the older of the two; features that only one knows are off");
    }
    return Finding.ok(Check.VERSION, "the versions fit", both);
  }

  private static Optional<Integer> distance(String one, String other) {
    Matcher first = VERSION.matcher(one);
    Matcher second = VERSION.matcher(other);
    if (!first.matches() || !second.matches() || isUnnumbered(one) || isUnnumbered(other)) {
      return Optional.empty();
    }
    boolean sameMajor = first.group(1).equals(second.group(1));
    return Optional.of(
        sameMajor
            ? Math.abs(Integer.parseInt(first.group(2)) - Integer.parseInt(second.group(2)))
            : Integer.MAX_VALUE);
  }

  private static boolean isUnnumbered(String version) {
    return version.startsWith("v0.0.0");
  }
}
