package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import io.mooring.benchmarks.fleet.Fleet;
import io.mooring.benchmarks.program.KasReplica;
import io.mooring.benchmarks.program.ProcessFigures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** B6: what idle agents cost one kas. */
final class IdleAgents implements Workload {
  private static final List<Integer> AGENTS = List.of(1_000, 5_000, 10_000);
  private static final Duration SETTLE = Duration.ofSeconds(5);

  @Override
  public String title() {
    return "idle agents with two tunnels each on one kas";
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Figures figures = new Figures();
    for (int run = 1; run <= effort.runs(); run++) {
      progress.say("run %d of %d", run, effort.runs());
      try (Scene scene = Scene.open()) {
        run(scene, effort, figures, progress);
      }
    }
    return new Report(
        figures.rows(),
        List.of(
            "Agents are added to one kas until the number is reached. Memory is Rss of kas alone,"
                + " with the garbage it has not collected; an agent has one connection, one stream"
                + " of configurations and two tunnels, and has registered. The computing time is"
                + " that of %d s without requests, as share of one core."
                    .formatted(effort.idle().toSeconds())));
  }

  private static void run(Scene scene, Effort effort, Figures figures, Progress progress)
      throws IOException, InterruptedException {
    KasReplica kas = scene.kas("kas", Optional.empty());
    LockSupport.parkNanos(SETTLE.toNanos());
    double empty = kas.process().figures().residentMib();
    figures.add("kas without agents, memory", empty, "MiB");
    int there = 0;
    for (int full : AGENTS) {
      int agents = effort.size(full);
      boolean last = full == AGENTS.getLast();
      long begin = System.nanoTime();
      Fleet fleet = scene.fleet(kas.agents(), there + 1, agents - there);
      Duration bound = Duration.ofSeconds(60).plusMillis(10L * agents);
      if (!fleet.awaitAll(bound)) {
        throw new IOException(
            "not all agents connected within %d s: %s"
                .formatted(bound.toSeconds(), fleet.census()));
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      progress.say("%,d agents after %.1f s", agents, seconds);
      LockSupport.parkNanos(SETTLE.toNanos());
      ProcessFigures before = kas.process().figures();
      LockSupport.parkNanos(effort.idle().toNanos());
      ProcessFigures after = kas.process().figures();
      String name = "%,d agents".formatted(agents);
      figures.add(
          name + ", memory",
          after.residentMib(),
          "MiB",
          last && effort.divisor() == 1 ? "512" : "");
      figures.add(name + ", memory an agent", (after.residentMib() - empty) * 1024 / agents, "KiB");
      figures.add(
          name + ", computing",
          100 * after.cpuSince(before) / effort.idle().toSeconds(),
          "% of a core",
          last && effort.divisor() == 1 ? "5" : "");
      there = agents;
    }
  }
}
