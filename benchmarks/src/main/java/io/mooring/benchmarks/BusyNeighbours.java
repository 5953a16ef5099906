package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import io.mooring.benchmarks.load.Crowd;
import io.mooring.benchmarks.load.Crowds;
import io.mooring.benchmarks.load.Endpoint;
import io.mooring.benchmarks.load.Wrk;
import java.io.IOException;
import java.util.List;

/** B4: small requests beside bulk downloads, and beside readers that stall. */
final class BusyNeighbours implements Workload {
  private static final int CONNECTIONS = 4;
  private static final int DOWNLOADS = 4;
  private static final int STALLED = 100;
  private static final String PATH = "/small";

  @Override
  public String title() {
    return "GET of 1 KiB by %d connections beside %d unlimited downloads, and beside %d stalled readers"
        .formatted(CONNECTIONS, DOWNLOADS, STALLED);
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Figures figures = new Figures();
    try (Scene scene = Scene.open()) {
      Contestants contestants = Contestants.start(scene, 1);
      Wrk wrk = Wrk.in(scene.directory());
      Endpoint ours = contestants.ours().getFirst();
      try (Crowd downloads = Crowds.readers(DOWNLOADS, ours)) {
        figures.add(
            ours.name() + ", cold, beside downloads",
            wrk.run(ours, PATH, CONNECTIONS, effort.run()).rate(),
            "req/s");
        downloads.check();
      }
      wrk.run(ours, PATH, CONNECTIONS, effort.warmUp());
      for (int run = 1; run <= effort.runs(); run++) {
        for (Endpoint endpoint : contestants.each()) {
          boolean isOurs = endpoint.equals(ours);
          add(
              figures,
              endpoint,
              "alone",
              wrk.run(endpoint, PATH, CONNECTIONS, effort.run()),
              "",
              "");
          try (Crowd downloads = Crowds.readers(DOWNLOADS, endpoint)) {
            Wrk.Result beside = wrk.run(endpoint, PATH, CONNECTIONS, effort.run());
            downloads.check();
            progress.say(
                "run %d, %s beside downloads: %,.0f req/s", run, endpoint.name(), beside.rate());
            add(
                figures,
                endpoint,
                "beside downloads",
                beside,
                isOurs ? ">= 500" : "",
                isOurs ? "<= 8000" : "");
          }
        }
        stalled(contestants, wrk, effort, figures);
      }
    }
    return new Report(
        figures.rows(),
        List.of(
            "Downloads run at full speed on connections of their own, through the same agentk. A"
                + " stalled reader reads the head of an endless answer and nothing more; memory is"
                + " that of kas and agentk when %d of them stand, less that before, for each."
                    .formatted(STALLED)));
  }

  private static void stalled(Contestants contestants, Wrk wrk, Effort effort, Figures figures)
      throws IOException, InterruptedException {
    Endpoint ours = contestants.ours().getFirst();
    long kas = contestants.kasFigures().residentKib();
    long agentk = contestants.agentFigures().residentKib();
    try (Crowd readers = Crowds.stalled(STALLED, ours)) {
      Wrk.Result beside = wrk.run(ours, PATH, CONNECTIONS, effort.run());
      readers.check();
      add(figures, ours, "beside stalled readers", beside, "as alone", "as alone");
      figures.add(
          "kas, memory a stalled reader",
          (contestants.kasFigures().residentKib() - kas) / (double) STALLED,
          "KiB",
          "its window");
      figures.add(
          "agentk, memory a stalled reader",
          (contestants.agentFigures().residentKib() - agentk) / (double) STALLED,
          "KiB",
          "its window");
    }
  }

  private static void add(
      Figures figures,
      Endpoint endpoint,
      String beside,
      Wrk.Result result,
      String rateTarget,
      String p50Target) {
    String name = endpoint.name() + ", " + beside;
    figures.add(name, result.rate(), "req/s", rateTarget);
    figures.add(name + ", p50", result.p50Micros(), "us", p50Target);
  }
}
