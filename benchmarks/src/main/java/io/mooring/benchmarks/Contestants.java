package io.mooring.benchmarks;

import io.mooring.benchmarks.load.Endpoint;
import io.mooring.benchmarks.program.AgentkProgram;
import io.mooring.benchmarks.program.Haproxy;
import io.mooring.benchmarks.program.KasReplica;
import io.mooring.benchmarks.program.ProcessFigures;
import io.mooring.benchmarks.program.ProgramRun;
import io.mooring.benchmarks.standin.AgentTokens;
import io.mooring.benchmarks.standin.GitLabStandIn;
import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Three ways to one backend: direct, through HAProxy, and through kas and agentk.
 *
 * @param direct straight to the backend
 * @param haproxy the yardstick
 * @param ours through kas, an agent each
 * @param kas the process
 * @param agents the processes
 */
record Contestants(
    Endpoint direct,
    Endpoint haproxy,
    List<Endpoint> ours,
    ProgramRun kas,
    List<ProgramRun> agents) {
  /** From the start of agentk to its first tunnel. */
  private static final Duration TUNNEL_LIMIT = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(100);

  /** Starts all of them, with so many agents before the same backend. */
  static Contestants start(Scene scene, int agents) throws IOException, InterruptedException {
    Haproxy haproxy = scene.keep(Haproxy.before(scene.directory(), scene.cluster().portNumber()));
    KasReplica kas = scene.kas("kas", Optional.empty());
    List<ProgramRun> programs = new ArrayList<>();
    List<Endpoint> ours = new ArrayList<>();
    for (int id = 1; id <= agents; id++) {
      programs.add(
          scene.keep(
              AgentkProgram.start(
                  scene.root(),
                  scene.directory(),
                  "agentk-" + id,
                  kas.agentUrl(),
                  AgentTokens.of(id),
                  scene.cluster().kubeconfig())));
      Endpoint endpoint = throughKas(kas.kubernetesApi().getPort(), id);
      awaitTunnel(endpoint);
      ours.add(endpoint);
    }
    return new Contestants(
        Endpoint.open("direct", scene.cluster().portNumber()),
        Endpoint.open("HAProxy", haproxy.httpPort()),
        ours,
        kas.process(),
        programs);
  }

  /** The way to an agent, as the CI job of the stand-in for GitLab. */
  static Endpoint throughKas(int port, long agentId) {
    return new Endpoint(
        "kas + agentk",
        port,
        Optional.of(Secret.of("ci:" + agentId + ":" + GitLabStandIn.JOB_TOKEN)));
  }

  static void awaitTunnel(Endpoint endpoint) throws IOException {
    long deadline = System.nanoTime() + TUNNEL_LIMIT.toNanos();
    while (true) {
      try {
        endpoint.ask("/small");
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "no answer through kas within %d s".formatted(TUNNEL_LIMIT.toSeconds()), e);
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  /** All three, with the first agent. */
  List<Endpoint> each() {
    return List.of(direct, haproxy, ours.getFirst());
  }

  /** Memory and computing time of kas. */
  ProcessFigures kasFigures() throws IOException {
    return kas.figures();
  }

  /** Memory and computing time of all agents together. */
  ProcessFigures agentFigures() throws IOException {
    long resident = 0;
    double cpu = 0;
    for (ProgramRun agent : agents) {
      ProcessFigures figures = agent.figures();
      resident += figures.residentKib();
      cpu += figures.cpuSeconds();
    }
    return new ProcessFigures(resident, cpu);
  }
}
