package io.mooring.kas.tracker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.kas.config.AgentSettings;
import io.mooring.kas.store.ExpiringHashes;
import io.mooring.kas.store.ExpiringHashes.Field;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.StoreException;
import io.mooring.kas.tracker.TrackedConnections.Tracked;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tracker over the store that all replicas share. A virtual thread writes what is new, keeps it
 * fresh and removes what others left behind; while the store fails it tries again and keeps no more
 * than the connections of this replica.
 */
public final class StoredAgentTracker implements AgentTracker, AutoCloseable {
  /**
   * How long an agent that registered counts as connected: agents register every 5 minutes, and one
   * call may be late.
   */
  public static final Duration REGISTRATION_LEASE = Duration.ofMinutes(6);

  private static final Logger log = LoggerFactory.getLogger(StoredAgentTracker.class);
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
  private static final Duration BEFORE_REFRESH = Duration.ofSeconds(5);

  private final ExpiringHashes store;
  private final AgentSettings settings;
  private final InstantSource clock;
  private final PresenceListener listener;
  private final TrackedConnections connections = new TrackedConnections();
  private final Thread writer;
  private boolean failing;

  /**
   * Nothing tracked yet; {@link #start} begins to write.
   *
   * @param listener told of agents that come and go
   */
  public StoredAgentTracker(
      ExpiringHashes store,
      AgentSettings settings,
      PresenceListener listener,
      InstantSource clock) {
    this.listener = listener;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.writer = Thread.ofVirtual().name("agent-tracker").unstarted(this::write);
  }

  /** Begins to write. */
  public void start() {
    writer.start();
  }

  @Override
  public Registration register(ConnectedAgentInfo info) {
    Tracked tracked = connections.add(info, Instant.MAX, Instant.MIN);
    listener.connected(info);
    return () -> connections.remove(tracked);
  }

  /**
   * Lists an agent that registers again and again, and forgets it when it stops to.
   *
   * @throws StoreException when it could not be written; it is not tracked then
   */
  public void registered(ConnectedAgentInfo info) throws StoreException {
    Instant now = clock.instant();
    Instant expiry = now.plus(settings.redisConnInfoTtl());
    store.put(fields(List.of(info), expiry));
    boolean known = connections.has(info);
    connections.add(info, now.plus(REGISTRATION_LEASE), expiry);
    if (!known) {
      listener.connected(info);
    }
  }

  /** Connections of an agent, on any replica. */
  public List<ConnectedAgentInfo> connectionsOfAgent(long agentId) throws StoreException {
    return read(TrackerKeys.byAgent(agentId));
  }

  /** Connections of all agents that are configured in a project, on any replica. */
  public List<ConnectedAgentInfo> connectionsOfProject(long projectId) throws StoreException {
    return read(TrackerKeys.byProject(projectId));
  }

  /** Number of connected agents; those that left lately may be among them. */
  public long connectedAgents() throws StoreException {
    return store.length(TrackerKeys.CONNECTED_AGENTS);
  }

  /** Writes everything again, because the store may have lost it. */
  public void rewrite() {
    connections.storeLost();
  }

  /** Tells the store once more what left, then stops to write. */
  @Override
  public void close() {
    writer.interrupt();
    try {
      writeNews();
    } catch (StoreException e) {
      log.atWarn().setCause(e).log("Agents that left stay listed until they expire");
    }
  }

  /** Writes what the store does not have, and removes what left. */
  void writeNews() throws StoreException {
    dropExpired();
    put(connections.due(Instant.MIN.plusSeconds(1)));
    List<ConnectedAgentInfo> leaving = connections.leaving();
    for (ConnectedAgentInfo info : leaving) {
      List<ByteString> field = List.of(TrackerKeys.field(info.getConnectionId()));
      store.remove(TrackerKeys.byAgent(info.getAgentId()), field);
      store.remove(TrackerKeys.byProject(info.getProjectId()), field);
      connections.left(List.of(info));
      if (!connections.hasAny(info.getAgentId())) {
        listener.disconnected(info);
      }
    }
  }

  private void dropExpired() {
    for (ConnectedAgentInfo info : connections.expired(clock.instant())) {
      if (!connections.hasAny(info.getAgentId())) {
        listener.lost(info);
      }
    }
  }

  /** Writes what would expire before the next refresh. */
  void refresh() throws StoreException {
    dropExpired();
    Instant now = clock.instant();
    put(connections.due(now.plus(settings.redisConnInfoRefresh()).minus(BEFORE_REFRESH)));
  }

  /** Removes entries that other replicas let expire. */
  void collect() throws StoreException {
    Set<Key> keys = new HashSet<>();
    keys.add(TrackerKeys.CONNECTED_AGENTS);
    for (ConnectedAgentInfo info : connections.all()) {
      keys.add(TrackerKeys.byAgent(info.getAgentId()));
      keys.add(TrackerKeys.byProject(info.getProjectId()));
    }
    int removed = 0;
    for (Key key : keys) {
      removed += store.collect(key);
    }
    if (removed > 0) {
      log.atInfo().addKeyValue("removed_hash_keys", removed).log("Removed expired entries");
    }
  }

  private void write() {
    Instant nextRefresh = clock.instant().plus(settings.redisConnInfoRefresh());
    Instant nextCollection = clock.instant().plus(settings.redisConnInfoGc());
    try {
      while (true) {
        Instant next = nextRefresh.isBefore(nextCollection) ? nextRefresh : nextCollection;
        Duration wait = failing ? RETRY_PAUSE : Duration.between(clock.instant(), next);
        if (failing) {
          connections.pause(wait.toNanos());
        } else {
          connections.awaitNews(wait.toNanos());
        }
        Instant now = clock.instant();
        boolean refresh = !now.isBefore(nextRefresh);
        boolean collect = !now.isBefore(nextCollection);
        if (attempt(refresh, collect)) {
          nextRefresh = refresh ? now.plus(settings.redisConnInfoRefresh()) : nextRefresh;
          nextCollection = collect ? now.plus(settings.redisConnInfoGc()) : nextCollection;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean attempt(boolean refresh, boolean collect) {
    try {
      writeNews();
      if (refresh) {
        refresh();
      }
      if (collect) {
        collect();
      }
      failing = false;
      return true;
    } catch (StoreException e) {
      if (!failing) {
        log.atError().setCause(e).log("Cannot write connected agents, trying again");
      }
      failing = true;
      return false;
    }
  }

  private void put(List<Tracked> due) throws StoreException {
    if (!due.isEmpty()) {
      Instant expiry = clock.instant().plus(settings.redisConnInfoTtl());
      store.put(fields(due.stream().map(Tracked::info).toList(), expiry));
      connections.stored(due, expiry);
    }
  }

  private static List<Field> fields(List<ConnectedAgentInfo> infos, Instant expiry) {
    List<Field> fields = new ArrayList<>();
    for (ConnectedAgentInfo info : infos) {
      ByteString connection = TrackerKeys.field(info.getConnectionId());
      ByteString payload = info.toByteString();
      fields.add(new Field(TrackerKeys.byAgent(info.getAgentId()), connection, expiry, payload));
      fields.add(
          new Field(TrackerKeys.byProject(info.getProjectId()), connection, expiry, payload));
      fields.add(
          new Field(
              TrackerKeys.CONNECTED_AGENTS,
              TrackerKeys.field(info.getAgentId()),
              expiry,
              ByteString.EMPTY));
    }
    return fields;
  }

  private List<ConnectedAgentInfo> read(Key key) throws StoreException {
    List<ConnectedAgentInfo> connected = new ArrayList<>();
    for (ByteString payload : store.read(key)) {
      try {
        connected.add(ConnectedAgentInfo.parseFrom(payload));
      } catch (InvalidProtocolBufferException e) {
        log.atWarn().setCause(e).log("Skipped an unreadable connected agent");
      }
    }
    return connected;
  }
}
