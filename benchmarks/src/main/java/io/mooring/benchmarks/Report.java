package io.mooring.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * The figures of one run.
 *
 * @param rows in the order to print
 * @param notes what a reader must know to read them
 */
record Report(List<Row> rows, List<String> notes) {

  Report {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  /**
   * One figure.
   *
   * @param name what was measured
   * @param samples each run's value, at least one
   * @param unit such as {@code ms}
   * @param target as the workload states it; empty when it states none
   */
  record Row(String name, List<Double> samples, String unit, String target) {

    Row {
      samples = samples.stream().sorted().toList();
      if (samples.isEmpty()) {
        throw new IllegalArgumentException(name + " has no samples (expected: at least one)");
      }
    }

    double median() {
      return percentile(50);
    }

    /** By the nearest rank. */
    double percentile(int percent) {
      int rank = (int) Math.ceil(percent / 100.0 * samples.size());
      return samples.get(Math.max(rank, 1) - 1);
    }

    double least() {
      return samples.getFirst();
    }

    double most() {
      return samples.getLast();
    }
  }

  /** A Markdown table. */
  String table() {
    StringBuilder text = new StringBuilder();
    text.append("| figure | runs | min | p50 | p99 | max | unit | target |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %s | %s | %s | %s | %s |%n",
              row.name(),
              row.samples().size(),
              shown(row.least()),
              shown(row.median()),
              shown(row.percentile(99)),
              shown(row.most()),
              row.unit(),
              row.target()));
    }
    notes.forEach(note -> text.append('\n').append(note).append('\n'));
    return text.toString();
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  }
}
