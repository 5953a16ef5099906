package io.mooring.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects samples, one a run, into the rows of a report. Rows keep the order of their first
 * sample.
 */
final class Figures {
  private record Kind(String name, String unit, String target) {}

  private final Map<Kind, List<Double>> samples = new LinkedHashMap<>();

  /** One run's value of a figure that has a target. */
  void add(String name, double value, String unit, String target) {
    samples.computeIfAbsent(new Kind(name, unit, target), key -> new ArrayList<>()).add(value);
  }

  /** One run's value of a figure that has none. */
  void add(String name, double value, String unit) {
    add(name, value, unit, "");
  }

  /** Everything so far. */
  List<Report.Row> rows() {
    return samples.entrySet().stream()
        .map(entry ->
            new Report.Row(
                entry.getKey().name(),
                entry.getValue(),
                entry.getKey().unit(),
                entry.getKey().target()))
        .toList();
  }
}
