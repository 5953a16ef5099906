package io.mooring.benchmarks.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the kernel says of a process.
 *
 * @param residentKib memory it occupies: Rss of {@code smaps_rollup}, without children
 * @param cpuSeconds time it computed since its start
 */
public record ProcessFigures(long residentKib, double cpuSeconds) {
  /** USER_HZ, which is 100 on every architecture this runs on. */
  private static final double TICKS_PER_SECOND = 100;

  /** Fields of {@code /proc/PID/stat} behind the name: user and system time. */
  private static final int USER_TIME = 11;

  private static final int SYSTEM_TIME = 12;

  /** Reads both now. */
  public static ProcessFigures of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    long resident;
    try (Stream<String> rollup = Files.lines(process.resolve("smaps_rollup"))) {
      resident =
          rollup
              .filter(line -> line.startsWith("Rss:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum();
    }
    String stat = Files.readString(process.resolve("stat"));
    // The name stands in parentheses and may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double cpu =
        (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]))
            / TICKS_PER_SECOND;
    return new ProcessFigures(resident, cpu);
  }

  /** The memory in MiB. */
  public double residentMib() {
    return residentKib / 1024.0;
  }

  /** Computing time since an earlier reading, in seconds. */
  public double cpuSince(ProcessFigures earlier) {
    return cpuSeconds - earlier.cpuSeconds;
  }
}
