package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code ./bench}: runs workloads, or one of the subcommands. Tables go to stdout, progress to
 * stderr.
 */
@Command(
    name = "bench",
    description = "Runs workloads of docs/benchmarks.md, prints tables and writes JSON.",
    subcommands = {Tables.class, FleetCommand.class},
    mixinStandardHelpOptions = true)
public final class Bench implements Callable<Integer> {
  /** Where results go and are looked for. */
  static final Path RESULTS = Path.of("benchmarks/target");

  private static final Map<String, Workload> WORKLOADS =
      Map.of(
          "B1", SmallRequests.throughput(),
          "B2", SmallRequests.latency(),
          "B3", new BulkStreams(),
          "B4", new BusyNeighbours(),
          "B5", new LongStreams(),
          "B6", new IdleAgents(),
          "B7", new Restarts(),
          "B8", new AcrossReplicas(),
          "B11", new CommitToApplied(),
          "B12", new StartAndMemory());

  @Parameters(paramLabel = "WORKLOAD", arity = "0..*", description = "B1 to B8, B11 or B12")
  private List<String> workloads = List.of();

  @Option(
      names = "--json",
      paramLabel = "FOLDER",
      description = "where the JSON goes; without it benchmarks/target")
  private Path json = RESULTS;

  @Option(
      names = "--quick",
      description = "one short run of each figure with a tenth of the agents, to see large changes")
  private boolean quick;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> names =
        workloads.stream().map(workload -> workload.toUpperCase(Locale.ROOT)).toList();
    if (names.isEmpty() || !WORKLOADS.keySet().containsAll(names)) {
      System.err.printf(
          "%s (expected: some of %s, or table, or fleet)%n", names, WORKLOADS.keySet());
      return 2;
    }
    for (String name : names) {
      Workload workload = WORKLOADS.get(name);
      if (workload != null) {
        run(name, workload);
      }
    }
    return 0;
  }

  private void run(String name, Workload workload) throws IOException, InterruptedException {
    InstantSource clock = InstantSource.system();
    Report report =
        workload.measure(new Progress(System.err, clock), quick ? Effort.quick() : Effort.full());
    Result result =
        new Result(
            name,
            workload.title(),
            clock.instant().toString(),
            Machine.here(),
            report.rows(),
            notes(report));
    System.out.printf("%n%s", result.section());
    Path file = json.resolve(name + ".json");
    result.write(file);
    System.err.println("JSON in " + file);
  }

  private List<String> notes(Report report) {
    return quick
        ? Stream.concat(
                report.notes().stream(),
                Stream.of(
                    "A quick run: one short sample of each figure, a tenth of the agents, streams"
                        + " and bytes that the title names."))
            .toList()
        : report.notes();
  }
}
