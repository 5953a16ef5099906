package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import io.mooring.benchmarks.load.Endpoint;
import io.mooring.benchmarks.load.Wrk;
import io.mooring.benchmarks.program.ProcessFigures;
import java.io.IOException;
import java.util.List;

/** B1 and B2: small answers, asked for by many connections or by one. */
final class SmallRequests implements Workload {
  private static final String PATH = "/small";

  private final int connections;
  private final String rateTarget;
  private final String p50Target;
  private final String p99Target;

  private SmallRequests(int connections, String rateTarget, String p50Target, String p99Target) {
    this.connections = connections;
    this.rateTarget = rateTarget;
    this.p50Target = p50Target;
    this.p99Target = p99Target;
  }

  static SmallRequests throughput() {
    return new SmallRequests(32, ">= 15000", "", "<= 8000");
  }

  static SmallRequests latency() {
    return new SmallRequests(1, "", "<= 250", "");
  }

  @Override
  public String title() {
    return "GET of 1 KiB through kas and agentk, %d connection%s"
        .formatted(connections, connections == 1 ? "" : "s");
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Figures figures = new Figures();
    try (Scene scene = Scene.open()) {
      Contestants contestants = Contestants.start(scene, 1);
      Wrk wrk = Wrk.in(scene.directory());
      Endpoint ours = contestants.ours().getFirst();
      progress.say("warming the backend");
      wrk.run(contestants.direct(), PATH, connections, effort.run());
      progress.say("cold");
      Wrk.Result cold = wrk.run(ours, PATH, connections, effort.run());
      figures.add(ours.name() + ", cold", cold.rate(), "req/s");
      figures.add(ours.name() + ", cold, p50", cold.p50Micros(), "us");
      progress.say("warming kas and agentk");
      wrk.run(ours, PATH, connections, effort.warmUp());
      for (int run = 1; run <= effort.runs(); run++) {
        for (Endpoint endpoint : contestants.each()) {
          boolean isOurs = endpoint.equals(ours);
          ProcessFigures kas = contestants.kasFigures();
          ProcessFigures agentk = contestants.agentFigures();
          Wrk.Result result = wrk.run(endpoint, PATH, connections, effort.run());
          progress.say("run %d, %s: %,.0f req/s", run, endpoint.name(), result.rate());
          String name = endpoint.name();
          figures.add(name, result.rate(), "req/s", isOurs ? rateTarget : "");
          figures.add(name + ", p50", result.p50Micros(), "us", isOurs ? p50Target : "");
          figures.add(name + ", p99", result.p99Micros(), "us", isOurs ? p99Target : "");
          if (isOurs) {
            double micros = 1e6 / result.requests();
            figures.add(
                "kas, computing a request", contestants.kasFigures().cpuSince(kas) * micros, "us");
            figures.add(
                "agentk, computing a request",
                contestants.agentFigures().cpuSince(agentk) * micros,
                "us");
          }
        }
      }
      figures.add("kas, memory afterwards", contestants.kasFigures().residentMib(), "MiB");
      figures.add("agentk, memory afterwards", contestants.agentFigures().residentMib(), "MiB");
    }
    return new Report(
        figures.rows(),
        List.of(
            "Load by wrk with one thread, %d s a run; the same backend stands behind each. The p99"
                    .formatted(effort.run().toSeconds())
                + " column is over runs; a row named p99 is the latency within a run."
                + " \"Cold\" is the first load kas and agentk ever saw."));
  }
}
