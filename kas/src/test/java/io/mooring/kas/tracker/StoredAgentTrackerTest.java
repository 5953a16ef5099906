package io.mooring.kas.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooring.kas.config.AgentConfigurationSettings;
import io.mooring.kas.config.AgentListen;
import io.mooring.kas.config.AgentSettings;
import io.mooring.kas.config.GitopsSettings;
import io.mooring.kas.config.Listener;
import io.mooring.kas.store.ExpiringHashes;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.MemoryStore;
import io.mooring.kas.store.StoreException;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StoredAgentTrackerTest {
  private final FakeClock clock = new FakeClock();
  private final FailingHashes store = new FailingHashes(new MemoryStore(clock));
  private final Heard heard = new Heard();
  private final StoredAgentTracker tracker =
      new StoredAgentTracker(store, settings(), heard, clock);

  @AfterEach
  void stop() {
    tracker.close();
  }

  @Test
  @Tag("wire-38")
  void listsAConnectionWhileItIsRegistered() {
    tracker.start();

    AgentTracker.Registration registration = tracker.register(connection(5, 1));

    await().untilAsserted(() -> assertThat(tracker.connectionsOfAgent(5)).hasSize(1));
    assertThat(store.memory.read(TrackerKeys.byProject(7))).hasSize(1);
    registration.close();
    registration.close();
    await().untilAsserted(() -> assertThat(tracker.connectionsOfAgent(5)).isEmpty());
    assertThat(store.memory.read(TrackerKeys.byProject(7))).isEmpty();
  }

  @Test
  void keepsANewerRegistrationOfTheSameConnection() throws Exception {
    AgentTracker.Registration old = tracker.register(connection(5, 1));
    tracker.register(connection(5, 1));

    old.close();
    tracker.writeNews();

    assertThat(tracker.connectionsOfAgent(5)).hasSize(1);
  }

  @Test
  void countsAnAgentOnceWhateverItsConnections() throws Exception {
    tracker.register(connection(5, 1));
    tracker.register(connection(5, 2));
    tracker.register(connection(6, 1));
    tracker.writeNews();

    assertThat(tracker.connectedAgents()).isEqualTo(2);
    assertThat(tracker.connectionsOfProject(7)).hasSize(2);
  }

  @Test
  void keepsARegistrationFreshAsLongAsItLasts() throws Exception {
    tracker.register(connection(5, 1));
    tracker.writeNews();

    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofMinutes(4));
      assertThat(tracker.connectionsOfAgent(5)).hasSize(1);
      tracker.refresh();
    }

    assertThat(tracker.connectionsOfAgent(5)).hasSize(1);
  }

  @Test
  void refreshesOnlyWhatWouldExpireBeforeTheNextTime() throws Exception {
    tracker.register(connection(5, 1));
    tracker.writeNews();
    int writes = store.writes.get();

    tracker.refresh();
    assertThat(store.writes).hasValue(writes);

    clock.advance(Duration.ofSeconds(66));
    tracker.refresh();
    assertThat(store.writes).hasValue(writes + 1);
  }

  @Test
  @Tag("wire-94")
  void forgetsAPodThatStoppedToRegister() throws Exception {
    tracker.registered(connection(5, 4711));
    clock.advance(Duration.ofMinutes(4));
    tracker.refresh();
    clock.advance(Duration.ofSeconds(100));
    assertThat(tracker.connectionsOfAgent(5)).as("one call may be late").hasSize(1);

    clock.advance(Duration.ofMinutes(1));
    tracker.refresh();
    clock.advance(Duration.ofMinutes(5));

    assertThat(tracker.connectionsOfAgent(5)).isEmpty();
  }

  @Test
  void listsAPodAsLongAsItRegistersEveryFiveMinutes() throws Exception {
    for (int i = 0; i < 5; i++) {
      tracker.registered(connection(5, 4711));
      clock.advance(Duration.ofMinutes(4));
      tracker.refresh();
      clock.advance(Duration.ofMinutes(1));
      assertThat(tracker.connectionsOfAgent(5)).hasSize(1);
    }
  }

  @Test
  void collectsWhatDeadReplicasLeftBehind() throws Exception {
    store.memory.put(
        List.of(
            new ExpiringHashes.Field(
                TrackerKeys.CONNECTED_AGENTS,
                TrackerKeys.field(99),
                clock.instant().plusSeconds(10),
                ByteString.EMPTY)));
    tracker.register(connection(5, 1));
    tracker.writeNews();
    clock.advance(Duration.ofSeconds(11));

    tracker.collect();

    assertThat(tracker.connectedAgents()).isEqualTo(1);
  }

  @Test
  @Tag("fault-41")
  void writesLaterWhatTheStoreDidNotTake() {
    store.failing = true;
    tracker.start();

    tracker.register(connection(5, 1));
    await().untilAtomic(store.failures, org.hamcrest.Matchers.greaterThan(0));
    store.failing = false;

    await().untilAsserted(() -> assertThat(tracker.connectionsOfAgent(5)).hasSize(1));
  }

  @Test
  @Tag("fault-41")
  void writesEverythingAgainWhenTheStoreMayHaveLostIt() throws Exception {
    tracker.start();
    tracker.register(connection(5, 1));
    tracker.registered(connection(6, 2));
    await().untilAsserted(() -> assertThat(tracker.connectedAgents()).isEqualTo(2));
    store.memory.remove(
        TrackerKeys.CONNECTED_AGENTS, List.of(TrackerKeys.field(5), TrackerKeys.field(6)));
    store.memory.remove(TrackerKeys.byAgent(5), List.of(TrackerKeys.field(1)));

    tracker.rewrite();

    await().untilAsserted(() -> assertThat(tracker.connectedAgents()).isEqualTo(2));
    assertThat(tracker.connectionsOfAgent(5)).hasSize(1);
  }

  @Test
  void tellsARegistrationThatItFailed() {
    store.failing = true;

    assertThatThrownBy(() -> tracker.registered(connection(5, 1)))
        .isInstanceOf(StoreException.class);

    store.failing = false;
  }

  @Test
  void removesWhatLeftBeforeItsEnd() {
    AgentTracker.Registration registration = tracker.register(connection(5, 1));
    tracker.close();
    registration.close();
    tracker.close();

    assertThat(store.memory.read(TrackerKeys.byAgent(5))).isEmpty();
  }

  private static ConnectedAgentInfo connection(long agent, long connection) {
    return ConnectedAgentInfo.newBuilder()
        .setAgentId(agent)
        .setProjectId(agent == 5 ? 7 : 8)
        .setConnectionId(connection)
        .build();
  }

  private static AgentSettings settings() {
    Listener listener = new Listener("agent.listen", "tcp", "", Optional.empty(), Optional.empty());
    Duration minute = Duration.ofMinutes(1);
    return new AgentSettings(
        new AgentListen(listener, 1, minute, minute, false),
        new AgentConfigurationSettings(minute, 1),
        new GitopsSettings(minute, minute, minute, 1, 1, 1, 1),
        minute,
        minute,
        Duration.ofMinutes(5),
        Duration.ofMinutes(4),
        Duration.ofMinutes(10),
        Optional.empty());
  }

  /** The memory store, which a test can make fail. */
  private static final class FailingHashes implements ExpiringHashes {
    private final MemoryStore memory;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private volatile boolean failing;

    FailingHashes(MemoryStore memory) {
      this.memory = memory;
    }

    @Override
    public void put(List<Field> fields) throws StoreException {
      fail();
      writes.incrementAndGet();
      memory.put(fields);
    }

    @Override
    public void remove(Key key, List<ByteString> fields) throws StoreException {
      fail();
      memory.remove(key, fields);
    }

    @Override
    public List<ByteString> read(Key key) throws StoreException {
      fail();
      return memory.read(key);
    }

    @Override
    public List<ByteString> names(Key key) throws StoreException {
      fail();
      return memory.names(key);
    }

    @Override
    public long length(Key key) throws StoreException {
      fail();
      return memory.length(key);
    }

    @Override
    public int collect(Key key) throws StoreException {
      fail();
      return memory.collect(key);
    }

    private void fail() throws StoreException {
      if (failing) {
        failures.incrementAndGet();
        throw new StoreException("gone");
      }
    }
  }

  @Test
  void tellsOfAnAgentThatComesAndGoesOnce() throws Exception {
    AgentTracker.Registration first = tracker.register(connection(5, 1));
    AgentTracker.Registration second = tracker.register(connection(5, 2));
    tracker.writeNews();
    first.close();
    tracker.writeNews();
    assertThat(heard.news).containsExactly("connected 5", "connected 5");

    second.close();
    tracker.writeNews();

    assertThat(heard.news).containsExactly("connected 5", "connected 5", "disconnected 5");
  }

  @Test
  void tellsOfAnAgentThatDoesNotRegisterAnyMore() throws Exception {
    tracker.registered(connection(7, 1));
    tracker.registered(connection(7, 1));
    tracker.writeNews();
    assertThat(heard.news).containsExactly("connected 7");

    clock.advance(StoredAgentTracker.REGISTRATION_LEASE.plusSeconds(1));
    tracker.writeNews();
    tracker.writeNews();

    assertThat(heard.news).containsExactly("connected 7", "lost 7");
  }

  private static final class Heard implements PresenceListener {
    private final List<String> news = new ArrayList<>();

    @Override
    public void connected(ConnectedAgentInfo info) {
      news.add("connected " + info.getAgentId());
    }

    @Override
    public void disconnected(ConnectedAgentInfo info) {
      news.add("disconnected " + info.getAgentId());
    }

    @Override
    public void lost(ConnectedAgentInfo info) {
      news.add("lost " + info.getAgentId());
    }
  }
}
