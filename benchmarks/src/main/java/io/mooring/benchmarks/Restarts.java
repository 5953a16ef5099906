package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import io.mooring.benchmarks.fleet.Fleet;
import io.mooring.benchmarks.load.PacedRequests;
import io.mooring.benchmarks.program.Haproxy;
import io.mooring.benchmarks.program.KasFiles;
import io.mooring.benchmarks.program.KasReplica;
import io.mooring.benchmarks.standin.GitLabStandIn;
import io.mooring.testkit.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** B7: kas is killed, and replicas are restarted one after the other under load. */
final class Restarts implements Workload {
  private static final int AGENTS = 5_000;
  private static final int ROLLING_AGENTS = 300;
  private static final int REPLICAS = 3;
  private static final int REQUESTS_PER_SECOND = 100;
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration BACK_LIMIT = Duration.ofMinutes(3);
  private static final Duration BETWEEN = Duration.ofSeconds(5);

  @Override
  public String title() {
    return "kill kas with %,d agents connected; restart %d replicas one by one under %d req/s"
        .formatted(AGENTS, REPLICAS, REQUESTS_PER_SECOND);
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Figures figures = new Figures();
    try (Scene scene = Scene.open()) {
      kill(scene, effort, figures, progress);
    }
    for (int run = 1; run <= effort.runs(); run++) {
      progress.say("rolling restart %d of %d", run, effort.runs());
      try (Scene scene = Scene.open()) {
        roll(scene, effort, figures, progress);
      }
    }
    return new Report(
        figures.rows(),
        List.of(
            "Times count from the kill; kas is started again at once, with empty caches, and its"
                + " start is part of them. An agent is back when kas has answered its registration."
                + " Simulated agents pause as real ones do: a second at first, with jitter. kas'"
                + " limit of calls to GitLab is raised to 2,000 a second; with the default of 50 it"
                + " would set the pace.",
            "The rolling restart sends each request on a connection of its own to HAProxy, which"
                + " asks the readiness probes; %d agents come through it too. A request is never"
                    .formatted(ROLLING_AGENTS)
                + " tried twice. Replicas stop by SIGTERM and share one Redis."));
  }

  private static void kill(Scene scene, Effort effort, Figures figures, Progress progress)
      throws IOException, InterruptedException {
    int agents = effort.size(AGENTS);
    KasReplica kas = scene.kas("kas", Optional.empty());
    Fleet fleet = scene.fleet(kas.agents(), 1, agents);
    require(fleet.awaitAll(START_LIMIT), fleet);
    for (int run = 1; run <= effort.runs(); run++) {
      scene.gitlab().forget();
      long killed = System.nanoTime();
      kas.process().kill();
      kas = scene.keep(KasReplica.start(scene.root(), kas.files()));
      figures.add("kas ready again", (System.nanoTime() - killed) / 1e9, "s");
      long deadline = killed + BACK_LIMIT.toNanos();
      while (fleet.presentAfter(killed).size() < agents) {
        require(System.nanoTime() < deadline, fleet);
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      List<Double> back = fleet.presentAfter(killed);
      double most = back.get((int) Math.ceil(agents * 0.99) - 1);
      progress.say("kill %d: 99 %% of %,d agents back after %.1f s", run, agents, most);
      figures.add("99 % of the agents back", most, "s", "<= 20");
      figures.add("all agents back", back.getLast(), "s");
      figures.add(
          "most calls to GitLab for a token",
          (double) scene.gitlab().mostLookupsOfOneAgent(),
          "",
          "<= 1");
    }
  }

  private static void roll(Scene scene, Effort effort, Figures figures, Progress progress)
      throws IOException, InterruptedException {
    RedisServer redis = scene.keep(RedisServer.start());
    List<KasReplica> replicas = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      replicas.add(scene.kas("kas-" + i, Optional.of(redis.address())));
    }
    List<KasFiles> files = replicas.stream().map(KasReplica::files).toList();
    Haproxy balancer = scene.keep(Haproxy.before(scene.directory(), files));
    Fleet fleet =
        scene.fleet(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), balancer.agentPort()),
            1,
            ROLLING_AGENTS);
    require(fleet.awaitAll(START_LIMIT), fleet);
    Contestants.awaitTunnel(Contestants.throughKas(balancer.httpPort(), 1));
    PacedRequests requests =
        PacedRequests.start(
            number ->
                Contestants.throughKas(balancer.httpPort(), 1 + number % GitLabStandIn.JOB_AGENTS),
            "/small",
            REQUESTS_PER_SECOND);
    try (requests) {
      LockSupport.parkNanos(effort.run().toNanos());
      for (KasReplica replica : replicas) {
        replica.close();
        scene.keep(KasReplica.start(scene.root(), replica.files()));
        LockSupport.parkNanos(BETWEEN.toNanos());
      }
    }
    requests.failures().stream()
        .distinct()
        .limit(5)
        .forEach(text -> progress.say("failed: %s", text));
    figures.add("requests answered while replicas restart", (double) requests.answered(), "");
    figures.add("requests that failed", (double) requests.failures().size(), "", "0");
    figures.add(
        "answers while replicas restart, p50", requests.latencies().percentileMillis(50), "ms");
    figures.add(
        "answers while replicas restart, p99", requests.latencies().percentileMillis(99), "ms");
  }

  private static void require(boolean there, Fleet fleet) throws IOException {
    if (!there) {
      throw new IOException("the fleet is not complete: " + fleet.census());
    }
  }
}
