package io.mooring.benchmarks;

import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a figure was measured.
 *
 * @param processor model name of the first core
 * @param cores as the JVM may use them
 * @param memoryMib of the machine
 * @param jvm version of the runtime
 * @param commit of the checkout, with a {@code +} when it had changes
 */
record Machine(String processor, int cores, long memoryMib, String jvm, String commit) {

  static Machine here() throws IOException {
    return new Machine(
        value(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(value(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "")) / 1024,
        Runtime.version().toString(),
        commitHere());
  }

  private static String value(Path file, String key) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    }
  }

  private static String commitHere() {
    Command.Output commit = Command.of("git", "rev-parse", "--short=12", "HEAD").run();
    if (commit.exitCode() != 0) {
      return "unknown";
    }
    boolean changed = !Command.of("git", "status", "--porcelain").output().isBlank();
    return commit.stdout().strip() + (changed ? "+" : "");
  }
}
