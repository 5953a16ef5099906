package io.mooring.agentk.leader;

import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The election of this Pod, from the moment the agent's id is known. Any thread. */
public final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private final Cluster cluster;
  private final String namespace;
  private final String identity;
  private final List<Consumer<Boolean>> gates;
  private final Election.Pace pace;
  private final Timing timing;
  private final Workers workers;
  private Optional<Running> running = Optional.empty();

  private record Running(Election election, Workers.Worker worker) {}

  /**
   * An election that has not begun.
   *
   * @param namespace namespace of this Pod
   * @param identity name of this Pod
   * @param gates told when this Pod begins to lead, and when it must stop; they do not block
   */
  public Leadership(
      Cluster cluster,
      String namespace,
      String identity,
      List<Consumer<Boolean>> gates,
      Election.Pace pace,
      Timing timing,
      Workers workers) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.identity = identity;
    this.gates = List.copyOf(gates);
    this.pace = pace;
    this.timing = timing;
    this.workers = workers;
  }

  /** Begins the election for {@code agent-<id>-lock}. Called once. */
  public synchronized void begin(long agentId) {
    var store = new LeaseStore(cluster, namespace, "agent-" + agentId + "-lock");
    var election =
        new Election(
            store, identity, lead -> gates.forEach(gate -> gate.accept(lead)), pace, timing);
    running = Optional.of(new Running(election, workers.start("election", election::run)));
  }

  /** Ends the election and gives the Lease back, when it was begun and the Lease is ours. */
  public synchronized void end() {
    running.ifPresent(current -> {
      current.worker().close();
      try {
        current.election().release();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        LOG.atWarn().log("Interrupted while giving the Lease back, it will expire");
      }
    });
    running = Optional.empty();
  }
}
