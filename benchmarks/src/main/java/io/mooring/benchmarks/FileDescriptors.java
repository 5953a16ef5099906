package io.mooring.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the system allows one process to have open. */
final class FileDescriptors {
  /** Jars, logs, and what else a program has open beside its connections. */
  static final int RESERVE = 500;

  private static final Path LIMITS = Path.of("/proc/self/limits");

  private FileDescriptors() {}

  /**
   * Checks that a process can have so many connections.
   *
   * @throws IllegalStateException saying what to do, when it cannot
   */
  static void require(int connections) {
    try {
      require(connections, Files.readAllLines(LIMITS));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + LIMITS, e);
    }
  }

  static void require(int connections, List<String> limits) {
    long allowed = allowed(limits);
    long needed = (long) connections + RESERVE;
    if (allowed < needed) {
      throw new IllegalStateException(
          "%,d connections need %,d file descriptors, this process may have %,d (run `ulimit -n %d` first, or take fewer agents)"
              .formatted(connections, needed, allowed, needed));
    }
  }

  private static long allowed(List<String> limits) {
    for (String line : limits) {
      if (line.startsWith("Max open files")) {
        String soft = line.substring("Max open files".length()).strip().split("\\s+", -1)[0];
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
      }
    }
    throw new IllegalStateException(LIMITS + " says nothing of open files");
  }
}
