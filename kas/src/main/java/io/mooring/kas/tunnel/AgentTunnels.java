package io.mooring.kas.tunnel;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Tunnels of one agent and who waits for one. Guarded by the lock of the registry. */
final class AgentTunnels {
  final Set<Tunnel> ready = new LinkedHashSet<>();
  final Set<WaitingCaller> waiting = new LinkedHashSet<>();

  /** All tunnels of the agent, in every state. */
  int open;

  boolean isUnused() {
    return open == 0 && waiting.isEmpty();
  }

  Optional<Tunnel> takeReady(String method) {
    for (Iterator<Tunnel> tunnels = ready.iterator(); tunnels.hasNext(); ) {
      Tunnel tunnel = tunnels.next();
      if (tunnel.serves(method)) {
        tunnels.remove();
        return Optional.of(tunnel);
      }
    }
    return Optional.empty();
  }

  Optional<WaitingCaller> takeWaiting(Tunnel tunnel) {
    for (Iterator<WaitingCaller> callers = waiting.iterator(); callers.hasNext(); ) {
      WaitingCaller caller = callers.next();
      if (tunnel.serves(caller.method())) {
        callers.remove();
        return Optional.of(caller);
      }
    }
    return Optional.empty();
  }
}
