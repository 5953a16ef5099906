package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.mooring.kas.config.AgentSettings;
import io.mooring.kas.store.ExpiringHashes;
import io.mooring.kas.store.ExpiringHashes.Field;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.StoreException;
import io.mooring.kas.tunnel.ReadyAgents;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other replicas, through the store, which agents have tunnels here (tunnel.md 3.4). A
 * virtual thread writes; nobody waits for it. While the store fails it tries again, and the agents
 * of this replica are served all the same.
 */
public final class TunnelIndex implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TunnelIndex.class);
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /** How soon a store that was emptied, or that evicts what it should keep, is noticed. */
  private static final Duration CHECK_PERIOD = Duration.ofSeconds(5);

  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(5);

  private final ExpiringHashes store;
  private final AgentSettings settings;
  private final InstantSource clock;
  private final IndexedAgents agents;
  private final List<Runnable> lossActions = new CopyOnWriteArrayList<>();
  private volatile ByteString ownUrl = ByteString.EMPTY;
  private final Thread writer;
  private boolean failing;
  private int checks;

  /** Nothing is written before {@link #start}. */
  public TunnelIndex(ExpiringHashes store, AgentSettings settings, InstantSource clock) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.agents = new IndexedAgents(clock);
    this.writer = Thread.ofVirtual().name("tunnel-index").unstarted(this::write);
  }

  /** Takes the news of the registry. */
  public ReadyAgents listener() {
    return agents;
  }

  /** Begins to write. */
  public void start(String url) {
    ownUrl = ByteString.copyFromUtf8(url);
    writer.start();
  }

  /** Writes everything again, because the store may have lost it. */
  public void rewrite() {
    agents.storeLost();
  }

  /** Calls the action whenever the store turns out to have lost what it was told. */
  public void onLoss(Runnable action) {
    lossActions.add(action);
  }

  /** URLs of the replicas that have tunnels of an agent, this one included. */
  List<String> replicas(long agentId) throws StoreException {
    return store.names(key(agentId)).stream().map(ByteString::toStringUtf8).toList();
  }

  /** Writes what the store does not have, and removes what is gone for long enough. */
  void writeNews() throws StoreException {
    List<Long> unwritten = agents.takeUnwritten();
    try {
      put(unwritten);
    } catch (StoreException e) {
      agents.notWritten(unwritten);
      throw e;
    }
    remove(agents.takeRemovable());
  }

  /** Writes everything, so that it does not expire. */
  void refresh() throws StoreException {
    put(agents.present());
  }

  /** Looks whether the store still has what it should, one agent after the other. */
  void check() throws StoreException {
    List<Long> present = agents.present();
    if (present.isEmpty()) {
      return;
    }
    checks = (checks + 1) % present.size();
    long agentId = present.get(checks);
    if (!store.names(key(agentId)).contains(ownUrl) && agents.isStored(agentId)) {
      log.atWarn().log("The store has lost which agents are here, writing it again");
      agents.storeLost();
      lossActions.forEach(Runnable::run);
      writeNews();
    }
  }

  private void put(List<Long> agentIds) throws StoreException {
    if (!agentIds.isEmpty()) {
      Instant expiry = clock.instant().plus(settings.redisConnInfoTtl());
      store.put(
          agentIds.stream()
              .map(agentId -> new Field(key(agentId), ownUrl, expiry, ByteString.EMPTY))
              .toList());
    }
  }

  private void remove(List<Long> agentIds) throws StoreException {
    for (int i = 0; i < agentIds.size(); i++) {
      try {
        store.remove(key(agentIds.get(i)), List.of(ownUrl));
      } catch (StoreException e) {
        agents.notRemoved(agentIds.subList(i, agentIds.size()));
        throw e;
      }
    }
  }

  private static Key key(long agentId) {
    return Key.named("tunnel_tracker2:kas_by_agent_id:").number(agentId);
  }

  private void write() {
    Instant nextRefresh = clock.instant().plus(settings.redisConnInfoRefresh());
    Instant nextCheck = clock.instant().plus(CHECK_PERIOD);
    try {
      while (true) {
        if (failing) {
          agents.pause(RETRY_PAUSE);
        } else {
          Instant next = nextCheck.isBefore(nextRefresh) ? nextCheck : nextRefresh;
          agents.await(Duration.between(clock.instant(), next));
        }
        boolean refresh = !clock.instant().isBefore(nextRefresh);
        boolean check = !clock.instant().isBefore(nextCheck);
        if (attempt(refresh, check) && refresh) {
          nextRefresh = clock.instant().plus(settings.redisConnInfoRefresh());
        }
        if (check) {
          nextCheck = clock.instant().plus(CHECK_PERIOD);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean attempt(boolean refresh, boolean check) {
    try {
      writeNews();
      if (refresh) {
        refresh();
      } else if (check) {
        check();
      }
      failing = false;
      return true;
    } catch (StoreException e) {
      if (!failing && !Thread.currentThread().isInterrupted()) {
        log.atError().setCause(e).log("Cannot tell other replicas about tunnels, trying again");
      }
      failing = true;
      return false;
    }
  }

  /** Stops to write and removes what this replica wrote. */
  @Override
  public void close() {
    writer.interrupt();
    try {
      if (writer.getState() != Thread.State.NEW) {
        writer.join(SHUTDOWN_LIMIT);
      }
      Instant limit = clock.instant().plus(SHUTDOWN_LIMIT);
      for (long agentId : agents.all()) {
        if (clock.instant().isAfter(limit)) {
          log.atWarn().log("Tunnels that ended stay listed until they expire");
          return;
        }
        store.remove(key(agentId), List.of(ownUrl));
      }
    } catch (StoreException e) {
      log.atWarn().setCause(e).log("Tunnels that ended stay listed until they expire");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
