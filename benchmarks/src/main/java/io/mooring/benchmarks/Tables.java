package io.mooring.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./bench table}: the Markdown of the results on disk, so that no figure is typed by hand.
 */
@Command(
    name = "table",
    description = "Prints the Markdown of results that were measured before.",
    mixinStandardHelpOptions = true)
final class Tables implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("B(\\d+)\\.json");

  @Option(
      names = "--json",
      paramLabel = "FOLDER",
      description = "where the JSON is; without it benchmarks/target")
  private Path folder = Bench.RESULTS;

  @Override
  public Integer call() throws IOException {
    List<Path> files = files();
    if (files.isEmpty()) {
      System.err.println("no results in " + folder + " (expected: files such as B1.json)");
      return 1;
    }
    for (Path file : files) {
      System.out.println(Result.read(file).section());
    }
    return 0;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> NAME.matcher(name(file)).matches())
          .sorted(
              Comparator.comparingInt(file -> Integer.parseInt(name(file).replaceAll("\\D", ""))))
          .toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
