package io.mooring.testkit.report;

import java.time.Instant;
import java.util.List;

/**
 * One line of a module's report.
 *
 * @param time when the tests of the JVM ended
 * @param server a server's name, or {@link #TESTS} or {@link #SKIPPED}
 * @param version empty when {@code server} is none
 */
record ReportRow(Instant time, String module, String server, String version, int tests) {
  static final String TESTS = "(tests)";
  static final String SKIPPED = "(skipped)";
  private static final int COLUMNS = 5;

  static ReportRow parse(String line) {
    List<String> columns = List.of(line.split("\t", -1));
    if (columns.size() != COLUMNS) {
      throw new IllegalArgumentException(
          "'%s' has %d columns (expected: %d, separated by tabs)"
              .formatted(line, columns.size(), COLUMNS));
    }
    return new ReportRow(
        Instant.parse(columns.get(0)),
        columns.get(1),
        columns.get(2),
        columns.get(3),
        Integer.parseInt(columns.get(4)));
  }

  String line() {
    return String.join("\t", time.toString(), module, server, version, Integer.toString(tests));
  }
}
