package io.mooring.kas.tunnel;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tunnels that agents hold open to this kas, and the callers that wait for one (tunnel.md 3.1,
 * 3.2). A tunnel is reserved for one caller at a time. Thread-safe: one lock, held for a few map
 * operations and never while a waiter is called.
 */
public final class TunnelRegistry implements AutoCloseable {
  /**
   * Tunnels of one agent here. One agent process opens 500 at most; this is enough for all Pods of
   * an agent after the other replicas of kas went away, and stops one that opens without end.
   */
  static final int MAX_TUNNELS = 2_000;

  /** Callers that may wait for one agent: as many as its tunnels could serve at once. */
  static final int MAX_WAITING = MAX_TUNNELS;

  private static final Status STOPPED = Status.UNAVAILABLE.withDescription("kas is shutting down");

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, AgentTunnels> agents = new HashMap<>();
  private final ReadyAgents listener;
  private final int maxTunnels;
  private final int maxWaiting;
  private boolean stopped;

  /** An empty registry. */
  public TunnelRegistry(ReadyAgents listener) {
    this(listener, MAX_TUNNELS, MAX_WAITING);
  }

  TunnelRegistry(ReadyAgents listener, int maxTunnels, int maxWaiting) {
    this.listener = listener;
    this.maxTunnels = maxTunnels;
    this.maxWaiting = maxWaiting;
  }

  /** Takes a caller out of the queue. */
  @FunctionalInterface
  public interface Waiting {
    /**
     * Stops to wait. A waiter that was found a tunnel at the same moment is still told and has to
     * give it back.
     */
    void cancel();
  }

  /**
   * Reserves a ready tunnel.
   *
   * @param method full name of the method to call, {@code package.Service/Method}
   */
  public Optional<FoundTunnel> acquire(long agentId, String method) {
    lock.lock();
    try {
      return Optional.ofNullable(agents.get(agentId)).flatMap(all -> take(agentId, all, method));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a tunnel; one that is ready now is found at once, before this returns. The wait has
   * no limit of its own.
   */
  public Waiting queue(long agentId, String method, TunnelWaiter waiter) {
    WaitingCaller caller = new WaitingCaller(method, waiter);
    Optional<FoundTunnel> found = Optional.empty();
    Status refusal = STOPPED;
    lock.lock();
    try {
      if (!stopped) {
        AgentTunnels all = agents.computeIfAbsent(agentId, id -> new AgentTunnels());
        found = take(agentId, all, method);
        if (found.isEmpty() && all.waiting.size() < maxWaiting) {
          all.waiting.add(caller);
          return () -> cancel(agentId, caller);
        }
        refusal =
            Status.RESOURCE_EXHAUSTED.withDescription(
                maxWaiting + " requests wait for agent " + agentId + " already, try again later");
      }
    } finally {
      lock.unlock();
    }
    if (found.isPresent()) {
      waiter.found(found.get());
    } else {
      waiter.refused(refusal);
    }
    return () -> {};
  }

  /** Number of tunnels of an agent that are ready. */
  public int ready(long agentId) {
    lock.lock();
    try {
      AgentTunnels all = agents.get(agentId);
      return all == null ? 0 : all.ready.size();
    } finally {
      lock.unlock();
    }
  }

  /** Number of tunnels of all agents, in every state. */
  public int open() {
    lock.lock();
    try {
      return agents.values().stream().mapToInt(all -> all.open).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is held: no tunnel and nobody who waits. */
  boolean isEmpty() {
    lock.lock();
    try {
      return agents.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes in a tunnel that is new.
   *
   * @return empty, or why it is refused
   */
  Optional<Status> add(Tunnel tunnel) {
    Optional<WaitingCaller> caller;
    lock.lock();
    try {
      if (stopped) {
        return Optional.of(STOPPED);
      }
      AgentTunnels all = agents.computeIfAbsent(tunnel.agentId(), id -> new AgentTunnels());
      if (all.open >= maxTunnels) {
        return Optional.of(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "agent "
                    + tunnel.agentId()
                    + " has "
                    + maxTunnels
                    + " tunnels at this kas already (expected: fewer)"));
      }
      all.open++;
      caller = offer(tunnel, all);
    } finally {
      lock.unlock();
    }
    tell(caller, tunnel);
    return Optional.empty();
  }

  /** A found tunnel is not used after all. */
  void giveBack(Tunnel tunnel) {
    Optional<WaitingCaller> caller;
    lock.lock();
    try {
      AgentTunnels all = agents.get(tunnel.agentId());
      if (tunnel.state != TunnelState.FOUND || all == null) {
        return;
      }
      caller = offer(tunnel, all);
    } finally {
      lock.unlock();
    }
    tell(caller, tunnel);
  }

  /** Whether a found tunnel may be used; false when it is done already. */
  boolean begin(Tunnel tunnel) {
    lock.lock();
    try {
      if (tunnel.state != TunnelState.FOUND) {
        return false;
      }
      tunnel.state = TunnelState.FORWARDING;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a tunnel that got too old should end now; it is done then. */
  boolean expire(Tunnel tunnel) {
    lock.lock();
    try {
      if (tunnel.state == TunnelState.READY || tunnel.state == TunnelState.FOUND) {
        remove(tunnel);
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a tunnel, whatever its state. */
  void end(Tunnel tunnel) {
    lock.lock();
    try {
      remove(tunnel);
    } finally {
      lock.unlock();
    }
  }

  /** Refuses everybody who waits; ready tunnels end with OK; tunnels in use go on. */
  @Override
  public void close() {
    List<WaitingCaller> callers = new ArrayList<>();
    List<Tunnel> idle = new ArrayList<>();
    lock.lock();
    try {
      stopped = true;
      for (AgentTunnels all : agents.values()) {
        callers.addAll(all.waiting);
        all.waiting.clear();
        idle.addAll(all.ready);
      }
      agents.values().removeIf(AgentTunnels::isUnused);
    } finally {
      lock.unlock();
    }
    callers.forEach(caller -> caller.waiter().refused(STOPPED));
    idle.forEach(Tunnel::expire);
  }

  private Optional<FoundTunnel> take(long agentId, AgentTunnels all, String method) {
    Optional<Tunnel> taken = all.takeReady(method);
    taken.ifPresent(tunnel -> tunnel.state = TunnelState.FOUND);
    if (taken.isPresent() && all.ready.isEmpty()) {
      listener.notReady(agentId);
    }
    return taken.map(tunnel -> new FoundTunnel(tunnel, this));
  }

  private Optional<WaitingCaller> offer(Tunnel tunnel, AgentTunnels all) {
    Optional<WaitingCaller> caller = all.takeWaiting(tunnel);
    if (caller.isPresent()) {
      tunnel.state = TunnelState.FOUND;
    } else {
      tunnel.state = TunnelState.READY;
      all.ready.add(tunnel);
      if (all.ready.size() == 1) {
        listener.ready(tunnel.agentId());
      }
    }
    return caller;
  }

  private void tell(Optional<WaitingCaller> caller, Tunnel tunnel) {
    caller.ifPresent(waiting -> waiting.waiter().found(new FoundTunnel(tunnel, this)));
  }

  private void cancel(long agentId, WaitingCaller caller) {
    lock.lock();
    try {
      AgentTunnels all = agents.get(agentId);
      if (all != null) {
        all.waiting.remove(caller);
        forgetUnused(agentId, all);
      }
    } finally {
      lock.unlock();
    }
  }

  private void remove(Tunnel tunnel) {
    TunnelState before = tunnel.state;
    tunnel.state = TunnelState.DONE;
    AgentTunnels all = agents.get(tunnel.agentId());
    if (before == TunnelState.NEW || before == TunnelState.DONE || all == null) {
      return;
    }
    all.open--;
    if (all.ready.remove(tunnel) && all.ready.isEmpty()) {
      listener.notReady(tunnel.agentId());
    }
    forgetUnused(tunnel.agentId(), all);
  }

  private void forgetUnused(long agentId, AgentTunnels all) {
    if (all.isUnused()) {
      agents.remove(agentId);
    }
  }
}
