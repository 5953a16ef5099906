package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./bench}: runs one workload. The table goes to stdout, progress to stderr. */
@Command(
    name = "bench",
    description = "Runs a workload of docs/benchmarks.md, prints a table and writes JSON.",
    mixinStandardHelpOptions = true)
public final class Bench implements Callable<Integer> {

  private static final Map<String, Workload> WORKLOADS =
      Map.of("B11", new CommitToApplied(), "B12", new StartAndMemory());

  @Parameters(paramLabel = "WORKLOAD", description = "B11 or B12")
  private String workload = "";

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "where the JSON goes; without it benchmarks/target/WORKLOAD.json")
  private Path json = Path.of("");

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String name = workload.toUpperCase(Locale.ROOT);
    Workload chosen = WORKLOADS.get(name);
    if (chosen == null) {
      System.err.printf("%s is no workload (expected: one of %s)%n", workload, WORKLOADS.keySet());
      return 2;
    }
    InstantSource clock = InstantSource.system();
    Report report = chosen.measure(new Progress(System.err, clock));
    Machine machine = Machine.here();
    System.out.printf("%n%s: %s%n%n%s", name, chosen.title(), report.table());
    System.out.printf(
        "%n%s, %d cores, %d MiB, JVM %s, commit %s%n",
        machine.processor(), machine.cores(), machine.memoryMib(), machine.jvm(), machine.commit());
    Path file = json.toString().isEmpty() ? Path.of("benchmarks/target", name + ".json") : json;
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("workload", name);
    document.put("title", chosen.title());
    document.put("date", clock.instant().toString());
    document.put("machine", machine);
    document.put("rows", report.rows());
    document.put("notes", report.notes());
    Files.write(
        file,
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsBytes(document));
    System.err.println("JSON in " + file);
    return 0;
  }
}
