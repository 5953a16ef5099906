package io.mooring.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a workload found, as it is kept in a JSON file.
 *
 * @param workload such as {@code B1}
 * @param title what was done
 * @param date when it was over, in UTC
 * @param machine where
 * @param rows the figures
 * @param notes what a reader must know to read them
 */
record Result(
    String workload,
    String title,
    String date,
    Machine machine,
    List<Report.Row> rows,
    List<String> notes) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** Reads a file that {@link #write} wrote. */
  static Result read(Path file) throws IOException {
    return JSON.readValue(Files.readAllBytes(file), Result.class);
  }

  void write(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.write(file, JSON.writeValueAsBytes(this));
  }

  /** A section of a Markdown page. */
  String section() {
    return """
    ## %s: %s

    Commit %s, %s. %s, %d cores, %d MiB, Java %s.

    %s\
    """
        .formatted(
            workload,
            title,
            machine.commit(),
            date.substring(0, "2026-11-23".length()),
            machine.processor(),
            machine.cores(),
            machine.memoryMib(),
            machine.jvm(),
            new Report(rows, notes).table());
  }
}
