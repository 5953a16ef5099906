package io.mooring.testkit.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What ran on which real servers, summed over all modules of a build. */
public final class Summary {
  private static final String REPORT = "target/real-servers.tsv";

  private final List<ReportRow> rows;

  private Summary(List<ReportRow> rows) {
    this.rows = rows;
  }

  /**
   * Prints the summary of a build.
   *
   * @param arguments the directory that holds the modules, and the instant when the build began:
   *     older counts are those of another build
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: Summary <directory of the modules> <instant>");
      System.exit(2);
    }
    of(Path.of(arguments[0]), Instant.parse(arguments[1])).lines().forEach(System.out::println);
  }

  static Summary of(Path root, Instant since) throws IOException {
    var rows = new ArrayList<ReportRow>();
    try (var modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path report = module.resolve(REPORT);
        if (Files.exists(report)) {
          for (String line : Files.readAllLines(report)) {
            rows.add(ReportRow.parse(line));
          }
        }
      }
    }
    rows.removeIf(row -> row.time().isBefore(since));
    return new Summary(rows);
  }

  List<String> lines() {
    var modules = new TreeSet<String>();
    rows.stream().filter(row -> row.tests() > 0).forEach(row -> modules.add(row.module()));
    return List.of(
        "real servers: " + servers(),
        "%d tests in %d modules, %d skipped"
            .formatted(sum(ReportRow.TESTS), modules.size(), sum(ReportRow.SKIPPED)));
  }

  private String servers() {
    var names = new TreeMap<String, Map<String, Integer>>(String.CASE_INSENSITIVE_ORDER);
    for (ReportRow row : rows) {
      if (!row.version().isEmpty()) {
        names
            .computeIfAbsent(row.server(), name -> new LinkedHashMap<>())
            .merge(row.version(), row.tests(), Integer::sum);
      }
    }
    if (names.isEmpty()) {
      return "none";
    }
    return names.entrySet().stream()
        .flatMap(server ->
            server.getValue().entrySet().stream()
                .map(version ->
                    "%s %s: %d tests"
                        .formatted(server.getKey(), version.getKey(), version.getValue())))
        .collect(Collectors.joining("; "));
  }

  private int sum(String what) {
    return rows.stream().filter(row -> row.server().equals(what)).mapToInt(ReportRow::tests).sum();
  }
}
