package io.mooring.benchmarks;

import io.mooring.allinone.Installation;
import io.mooring.allinone.Progress;
import io.mooring.benchmarks.program.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** B12: start to ready and idle memory of each program, with and without an AOT cache. */
final class StartAndMemory implements Workload {

  private static final int RUNS = 5;
  private static final Duration IDLE = Duration.ofSeconds(3);

  @Override
  public String title() {
    return "process start to ready, and resident memory %d s later".formatted(IDLE.toSeconds());
  }

  /** A program, how it is started, and which line says that it is ready. */
  private record Program(String name, List<String> arguments, String ready, String targets) {}

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Path root = Path.of("").toAbsolutePath();
    List<Report.Row> rows = new ArrayList<>();
    Path caches = Files.createTempDirectory("mooring-aot-");
    try (Installation installation = Installation.prepare(progress)) {
      for (String mode : List.of("cold", "AOT cache")) {
        boolean aot = mode.equals("AOT cache");
        Map<String, Report.Row> figures = new LinkedHashMap<>();
        List<ProgramRun> running = new ArrayList<>();
        try {
          for (Program program : programs(installation)) {
            if (aot) {
              progress.say("training %s", program.name());
              run(root, program, installation, caches, "train").close();
            }
            progress.say("%s, %s", program.name(), mode);
            running.add(measure(root, program, installation, caches, mode, figures));
          }
        } finally {
          for (ProgramRun run : running.reversed()) {
            run.close();
          }
        }
        rows.addAll(figures.values());
      }
    } finally {
      Installation.delete(caches);
    }
    return new Report(
        rows,
        List.of(
            "Ready: gitaly, the GitLab application and kas when they log that they are up; agentk"
                + " when it has connected, was authenticated and has applied its configuration."
                + " Memory is Rss of smaps_rollup of the program's own process; PostgreSQL is a"
                + " process of its own. Flags are those of bin/launch."));
  }

  /** Measures every run, leaves the last one running for the programs that need it. */
  private static ProgramRun measure(
      Path root,
      Program program,
      Installation installation,
      Path caches,
      String mode,
      Map<String, Report.Row> figures)
      throws IOException, InterruptedException {
    List<Double> ready = new ArrayList<>();
    List<Double> memory = new ArrayList<>();
    for (int i = 1; ; i++) {
      ProgramRun run = run(root, program, installation, caches, mode);
      ready.add(run.awaitReady());
      LockSupport.parkNanos(IDLE.toNanos());
      memory.add(run.figures().residentMib());
      if (i == RUNS) {
        String[] targets = program.targets().split("/", -1);
        String name = program.name() + ", " + mode;
        figures.put(
            name + " ready", new Report.Row(name + ", ready", ready, "ms", targets[0].strip()));
        figures.put(
            name + " memory", new Report.Row(name + ", memory", memory, "MiB", targets[1].strip()));
        return run;
      }
      run.close();
    }
  }

  private static ProgramRun run(
      Path root, Program program, Installation installation, Path caches, String mode)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(root.resolve("bin").resolve(program.name()).toString());
    command.addAll(program.arguments());
    Map<String, String> environment = new LinkedHashMap<>(installation.environment());
    environment.put("MOORING_CACHE", caches.toString());
    if (mode.equals("train")) {
      environment.put("MOORING_AOT", "train");
    }
    ProgramRun run = ProgramRun.start(root, command, environment, program.ready());
    run.awaitReady();
    return run;
  }

  private static List<Program> programs(Installation files) throws IOException {
    return List.of(
        new Program(
            "gitaly",
            List.of("--configuration-file", files.gitaly().toString()),
            "\"Gitaly is up\"",
            "/"),
        new Program(
            "gitlab",
            List.of("--configuration-file", files.gitlab().toString()),
            "\"GitLab application started\"",
            "/"),
        new Program(
            "kas",
            List.of("--configuration-file", files.kas().toString()),
            "\"kas is ready\"",
            "1500 / 160"),
        new Program("agentk", files.agentkArguments(), "\"Configuration applied\"", "1000 / 100"));
  }
}
