package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import io.mooring.benchmarks.load.Bulk;
import io.mooring.benchmarks.load.Endpoint;
import java.io.IOException;
import java.util.List;

/** B3: one large body each way, and what it costs in memory. */
final class BulkStreams implements Workload {
  private static final long DOWN = 512_000_000;
  private static final long UP = 256_000_000;
  private static final int WARM_UP = 2;

  /** One HTTP/2 stream's window of kas and of agentk, as the programs set it. */
  private static final String MEMORY_TARGET = "2 windows";

  @Override
  public String title() {
    return "one stream: %d MB down, %d MB up".formatted(DOWN / 1_000_000, UP / 1_000_000);
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Figures figures = new Figures();
    long down = DOWN / effort.divisor();
    long up = UP / effort.divisor();
    try (Scene scene = Scene.open()) {
      Contestants contestants = Contestants.start(scene, 1);
      Endpoint ours = contestants.ours().getFirst();
      figures.add(ours.name() + ", cold, down", Bulk.down(ours, down), "MB/s");
      figures.add(ours.name() + ", cold, up", Bulk.up(ours, up), "MB/s");
      for (int i = 0; i < WARM_UP; i++) {
        for (Endpoint endpoint : contestants.each()) {
          Bulk.down(endpoint, down);
          Bulk.up(endpoint, up);
        }
      }
      double kas = contestants.kasFigures().residentMib();
      double agentk = contestants.agentFigures().residentMib();
      for (int run = 1; run <= effort.runs(); run++) {
        for (Endpoint endpoint : contestants.each()) {
          boolean isOurs = endpoint.equals(ours);
          double downRate = Bulk.down(endpoint, down);
          double upRate = Bulk.up(endpoint, up);
          progress.say(
              "run %d, %s: %,.0f MB/s down, %,.0f up", run, endpoint.name(), downRate, upRate);
          figures.add(endpoint.name() + ", down", downRate, "MB/s", isOurs ? ">= 500" : "");
          figures.add(endpoint.name() + ", up", upRate, "MB/s", isOurs ? ">= 450" : "");
        }
        figures.add(
            "kas, memory more than before",
            contestants.kasFigures().residentMib() - kas,
            "MiB",
            MEMORY_TARGET);
        figures.add(
            "agentk, memory more than before",
            contestants.agentFigures().residentMib() - agentk,
            "MiB",
            MEMORY_TARGET);
      }
    }
    return new Report(
        figures.rows(),
        List.of(
            "Sent and read by the benchmark itself through one connection each. Memory is compared"
                + " with that after %d transfers each way; it was at its highest when it was read,"
                    .formatted(WARM_UP)
                + " because these programs give no heap back."));
  }
}
