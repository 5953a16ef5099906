package io.mooring.benchmarks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Redis was asked, by its own account. */
final class RedisCommands {
  private static final Pattern LINE = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");

  private RedisCommands() {}

  /**
   * How many commands there were.
   *
   * @param commandstats the answer to {@code INFO commandstats}; the commands of the one who asks
   *     are left out
   */
  static long counted(String commandstats) {
    long calls = 0;
    Matcher line = LINE.matcher(commandstats);
    while (line.find()) {
      if (!line.group(1).startsWith("config") && !line.group(1).equals("info")) {
        calls += Long.parseLong(line.group(2));
      }
    }
    return calls;
  }
}
