package io.mooring.benchmarks;

import io.mooring.allinone.Progress;
import io.mooring.benchmarks.fleet.Fleet;
import io.mooring.benchmarks.load.Endpoint;
import io.mooring.benchmarks.load.Wrk;
import io.mooring.benchmarks.program.Haproxy;
import io.mooring.benchmarks.program.KasReplica;
import io.mooring.testkit.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** B8: the request enters one replica, the tunnel is on another. */
final class AcrossReplicas implements Workload {
  private static final int AGENTS = 10_000;

  /** Agents that requests go to, in turn. */
  private static final int ASKED = 100;

  private static final String PATH = "/small";
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  @Override
  public String title() {
    return "the request enters replica A, the tunnel is on B, %,d agents in Redis"
        .formatted(AGENTS);
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    Figures figures = new Figures();
    try (Scene scene = Scene.open()) {
      RedisServer redis = scene.keep(RedisServer.start());
      Haproxy haproxy = scene.keep(Haproxy.before(scene.directory(), scene.cluster().portNumber()));
      KasReplica a = scene.kas("kas-a", Optional.of(redis.address()));
      KasReplica b = scene.kas("kas-b", Optional.of(redis.address()));
      int agents = effort.size(AGENTS);
      Fleet fleet = scene.fleet(b.agents(), 1, agents);
      if (!fleet.awaitAll(START_LIMIT)) {
        throw new IOException("the fleet is not complete: " + fleet.census());
      }
      progress.say("%s", fleet.census());
      measure(
          List.of(
              List.of(Endpoint.open("direct", scene.cluster().portNumber())),
              List.of(Endpoint.open("HAProxy", haproxy.httpPort())),
              through(b, "same replica"),
              through(a, "other replica")),
          new Side(Wrk.in(scene.directory()), redis, effort, progress, figures));
    }
    return new Report(
        figures.rows(),
        List.of(
            "One connection at a time; simulated agents answer 1 KiB at once, so that what is"
                + " measured is kas. Requests go to %d agents in turn. Redis commands are those of"
                    .formatted(ASKED)
                + " both replicas together, by `INFO commandstats`, the refreshing of entries"
                + " included."));
  }

  private record Side(
      Wrk wrk, RedisServer redis, Effort effort, Progress progress, Figures figures) {}

  private static void measure(List<List<Endpoint>> ways, Side side)
      throws IOException, InterruptedException {
    for (List<Endpoint> way : ways) {
      Contestants.awaitTunnel(way.getFirst());
      side.wrk().run(way, PATH, 1, side.effort().warmUp());
    }
    for (int run = 1; run <= side.effort().runs(); run++) {
      double sameReplica = 0;
      for (List<Endpoint> way : ways) {
        String name = way.getFirst().name();
        side.redis().command("CONFIG", "RESETSTAT");
        Wrk.Result result = side.wrk().run(way, PATH, 1, side.effort().run());
        double commands =
            (double) RedisCommands.counted(side.redis().command("INFO", "commandstats"))
                / result.requests();
        side.progress().say("run %d, %s: p50 %.0f us", run, name, result.p50Micros());
        side.figures().add(name + ", p50", result.p50Micros(), "us");
        side.figures().add(name + ", p99", result.p99Micros(), "us");
        if (name.endsWith("replica")) {
          side.figures().add(name + ", Redis commands a request", commands, "");
        }
        if (name.startsWith("same")) {
          sameReplica = result.p50Micros();
        } else if (name.startsWith("other")) {
          side.figures()
              .add("more for the hop, p50", result.p50Micros() - sameReplica, "us", "<= 500");
        }
      }
    }
  }

  private static List<Endpoint> through(KasReplica kas, String name) {
    return LongStream.rangeClosed(1, ASKED)
        .mapToObj(id -> Contestants.throughKas(kas.kubernetesApi().getPort(), id))
        .map(endpoint -> new Endpoint(name, endpoint.port(), endpoint.bearer()))
        .toList();
  }
}
