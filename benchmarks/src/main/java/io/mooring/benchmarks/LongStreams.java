package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import io.mooring.benchmarks.load.Crowd;
import io.mooring.benchmarks.load.Crowds;
import io.mooring.benchmarks.load.Endpoint;
import io.mooring.benchmarks.load.Latencies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** B5: watches with an event a second, and sessions that are silent. */
final class LongStreams implements Workload {
  private static final int WATCHES = 1_000;
  private static final int SESSIONS = 200;

  /** An agentk has at most 500 tunnels, so that these share the streams. */
  private static final int AGENTS = 3;

  private static final Duration SETTLE = Duration.ofSeconds(3);

  @Override
  public String title() {
    return "%,d watches with an event a second each, and %d idle exec sessions"
        .formatted(WATCHES, SESSIONS);
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Figures figures = new Figures();
    int watches = effort.size(WATCHES);
    int sessions = effort.size(SESSIONS);
    for (int run = 1; run <= effort.runs(); run++) {
      try (Scene scene = Scene.open()) {
        Contestants contestants = Contestants.start(scene, AGENTS);
        for (Endpoint endpoint : List.of(contestants.direct(), contestants.haproxy())) {
          Latencies latencies = new Latencies();
          try (Crowd crowd = Crowds.watches(watches, endpoint, latencies)) {
            look(crowd, latencies, effort);
          }
          figures.add(endpoint.name() + ", delivery, p99", latencies.percentileMillis(99), "ms");
        }
        ours(contestants, watches, sessions, effort, figures);
        progress.say("run %d of %d", run, effort.runs());
      }
    }
    return new Report(
        figures.rows(),
        List.of(
            "Delivery is from the backend's write to the client's read. %d agents share the streams,"
                    .formatted(AGENTS)
                + " because one has at most 500 tunnels. Memory a stream is what Rss is more with"
                + " all %,d streams than without, of kas, and of all agents together."
                    .formatted(watches + sessions)));
  }

  private static void ours(
      Contestants contestants, int watches, int sessions, Effort effort, Figures figures)
      throws IOException, InterruptedException {
    List<Crowd> crowds = new ArrayList<>();
    Latencies latencies = new Latencies();
    long kas = contestants.kasFigures().residentKib();
    long agents = contestants.agentFigures().residentKib();
    try {
      for (int i = 0; i < AGENTS; i++) {
        Endpoint endpoint = contestants.ours().get(i);
        crowds.add(Crowds.watches(share(watches, i), endpoint, latencies));
        crowds.add(Crowds.sessions(share(sessions, i), endpoint));
      }
      look(crowds.getFirst(), latencies, effort);
      for (Crowd crowd : crowds) {
        crowd.check();
      }
      figures.add("kas + agentk, delivery, p50", latencies.percentileMillis(50), "ms");
      figures.add("kas + agentk, delivery, p99", latencies.percentileMillis(99), "ms", "<= 50");
      double streams = watches + sessions;
      figures.add(
          "kas, memory a stream",
          (contestants.kasFigures().residentKib() - kas) / streams,
          "KiB",
          "<= 60");
      figures.add(
          "agentk, memory a stream",
          (contestants.agentFigures().residentKib() - agents) / streams,
          "KiB",
          "<= 60");
    } finally {
      for (Crowd crowd : crowds) {
        crowd.close();
      }
    }
  }

  private static int share(int all, int agent) {
    return all / AGENTS + (agent < all % AGENTS ? 1 : 0);
  }

  private static void look(Crowd crowd, Latencies latencies, Effort effort) throws IOException {
    LockSupport.parkNanos(SETTLE.toNanos());
    latencies.clear();
    LockSupport.parkNanos(effort.run().toNanos());
    crowd.check();
  }
}
