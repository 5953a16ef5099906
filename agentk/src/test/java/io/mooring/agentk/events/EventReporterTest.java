package io.mooring.agentk.events;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.agentk.Times;
import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.worker.Workers;
import io.mooring.apply.manifest.Position;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import io.mooring.apply.status.Health;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agentevents.rpc.ObjectStates;
import io.mooring.wire.agentevents.rpc.ReportRequest;
import io.mooring.wire.agentevents.rpc.SyncFinished;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EventReporterTest {
  private static final Duration GATHER = Duration.ofMillis(200);

  private final FakeClock clock = new FakeClock();
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);
  private TestKas kas;
  private ManagedChannel channel;
  private EventReporter reporter;

  @BeforeEach
  void begin() throws Exception {
    connect(TestKas.start());
  }

  private void connect(TestKas started) {
    kas = started;
    channel = NettyChannelBuilder.forAddress("localhost", kas.port()).usePlaintext().build();
    reporter = new EventReporter(channel, Times.of(clock));
    workers.start("reporter", reporter::run);
  }

  @AfterEach
  void end() {
    workers.close();
    channel.shutdownNow();
    kas.close();
    assertThat(crashes).isEmpty();
  }

  @Test
  void sendsWhatHappenedInTheOrderOfACycle() throws Exception {
    reporter.configurations().applied("c1");
    reporter.synchronizations().syncFinished("g/p", result("one"));
    reporter
        .synchronizations()
        .warningEvent("g/p", new WarningEvent(ref("pod"), ref("web"), "BackOff", "restarting", 3));
    reporter
        .synchronizations()
        .objectStates("g/p", "one", true, List.of(state("web", Health.CURRENT)));
    gather();

    awaitEvents(4);
    List<Event> events = kas.reports().events();
    assertThat(events)
        .extracting(Event::getEventCase)
        .containsExactly(
            Event.EventCase.CONFIGURATION_APPLIED,
            Event.EventCase.OBJECT_STATES,
            Event.EventCase.SYNC_FINISHED,
            Event.EventCase.WARNING_EVENT);
    assertThat(events)
        .extracting(Event::getId)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.length() == 32);
    SyncFinished finished = events.get(2).getSyncFinished();
    assertThat(finished.getProjectId()).isEqualTo("g/p");
    assertThat(finished.getOutcome()).isEqualTo(SyncFinished.Outcome.FAILED);
    assertThat(finished.getProblems(0).getLine()).isEqualTo(14);
    assertThat(finished.getApplied()).isEqualTo(1);
    assertThat(finished.getReceivedAt().getSeconds()).isEqualTo(100);
    assertThat(events.get(1).getObjectStates().getStates(0).getSource().getFile())
        .isEqualTo("web.yaml");
  }

  @Test
  void tellsOfARefusedSourceBesideTheLastResult() throws Exception {
    reporter.synchronizations().sourceRefused("g/p", "one", "NOT_FOUND: no such folder");
    reporter.synchronizations().syncFinished("g/p", result("one"));
    gather();

    awaitEvents(2);
    var source = kas.reports().events().getFirst().getSourceState();
    assertThat(source.getCommitId()).isEqualTo("one");
    assertThat(source.getRefusal()).isEqualTo("NOT_FOUND: no such folder");
    assertThat(kas.reports().events().getLast().hasSyncFinished()).isTrue();

    reporter.synchronizations().sourceDelivered("g/p", "two");
    gather();

    awaitEvents(3);
    assertThat(kas.reports().events().getLast().getSourceState().getRefusal()).isEmpty();
  }

  @Test
  void tellsWhyAConfigurationWasRefused() throws Exception {
    reporter
        .configurations()
        .rejected("c2", new ConfigurationRejectedException("gitops.x", "140", "0-100"));
    gather();

    awaitEvents(1);
    var rejected = kas.reports().events().getFirst().getConfigurationRejected();
    assertThat(rejected.getCommitId()).isEqualTo("c2");
    assertThat(rejected.getProblems(0).getMessage()).isEqualTo("gitops.x: 140");
    assertThat(rejected.getProblems(0).getExpected()).isEqualTo("0-100");
  }

  @Test
  void keepsOnlyTheNewestStateOfEachObject() throws Exception {
    for (Health health : List.of(Health.IN_PROGRESS, Health.FAILED, Health.CURRENT)) {
      reporter
          .synchronizations()
          .objectStates("g/p", "one", health == Health.IN_PROGRESS, List.of(state("web", health)));
    }
    gather();

    awaitEvents(1);
    ObjectStates states = kas.reports().events().getFirst().getObjectStates();
    assertThat(states.getReset()).isTrue();
    assertThat(states.getStatesList())
        .singleElement()
        .satisfies(state ->
            assertThat(state.getHealth())
                .isEqualTo(io.mooring.wire.agentevents.rpc.ObjectState.Health.CURRENT));
  }

  @Test
  void cutsManyStatesIntoEventsOfFiveHundred() throws Exception {
    List<ObjectState> many =
        IntStream.range(0, 1200).mapToObj(i -> state("web-" + i, Health.CURRENT)).toList();
    reporter.synchronizations().objectStates("g/p", "one", true, many);
    gather();

    awaitEvents(3);
    assertThat(kas.reports().events())
        .extracting(event -> event.getObjectStates().getStatesCount())
        .containsExactly(500, 500, 200);
    assertThat(kas.reports().events())
        .extracting(event -> event.getObjectStates().getReset())
        .containsExactly(true, false, false);
    assertThat(kas.reports().requests())
        .allSatisfy(request -> assertThat(request.getSerializedSize()).isLessThan(1 << 20));
  }

  @Test
  void sendsTheSameEventsAgainUntilTheyAreAcknowledged() throws Exception {
    kas.reports().fail(Status.UNAVAILABLE);
    reporter.configurations().applied("c1");
    gather();
    await().atMost(SOON).untilAsserted(() -> assertThat(kas.reports().requests()).hasSize(1));
    clock.awaitWaiting(1, SOON);

    kas.reports().recover();
    clock.advance(Duration.ofSeconds(1));

    awaitEvents(1);
    List<ReportRequest> requests = kas.reports().requests();
    assertThat(requests.getLast()).isEqualTo(requests.getFirst());
  }

  @Test
  void dropsEventsThatAreRefusedAsWrong() throws Exception {
    kas.reports().fail(Status.INVALID_ARGUMENT.withDescription("no"));
    reporter.configurations().applied("c1");
    gather();
    await().atMost(SOON).untilAsserted(() -> assertThat(kas.reports().requests()).hasSize(1));

    kas.reports().recover();
    reporter.configurations().applied("c2");
    gather();

    awaitEvents(1);
    assertThat(kas.reports().events().getFirst().getConfigurationApplied().getCommitId())
        .isEqualTo("c2");
  }

  @Test
  @Tag("fault-65")
  void takesAKasWithoutTheServiceAsNoErrorAndAsksTheNextOne() throws Exception {
    end();
    var original = TestKas.startOriginal(0);
    int port = original.port();
    connect(original);
    reporter.configurations().applied("c1");
    gather();
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(kas.streams())
                .containsExactly("mooring.agent_events.rpc.AgentEvents/Report"));
    original.close();

    kas = start(port);
    reporter.connected();

    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          // The first try may still meet the connection that ended.
          clock.advance(Duration.ofSeconds(1));
          assertThat(kas.reports().events()).hasSize(1);
        });
    assertThat(kas.reports().events().getFirst().getConfigurationApplied().getCommitId())
        .isEqualTo("c1");
  }

  @Test
  void saysItsLastWordsWhenItEnds() {
    workers.close();
    reporter.configurations().applied("c1");

    reporter.lastWords();

    assertThat(kas.reports().events()).hasSize(1);
  }

  private static TestKas start(int port) throws IOException {
    return TestKas.start(port);
  }

  private void gather() throws Exception {
    clock.awaitWaiting(1, SOON);
    clock.advance(GATHER);
  }

  private void awaitEvents(int count) {
    await().atMost(SOON).untilAsserted(() -> assertThat(kas.reports().events()).hasSize(count));
  }

  private static ObjectRef ref(String name) {
    return new ObjectRef("apps", "Deployment", "shop", name);
  }

  private static ObjectState state(String name, Health health) {
    return new ObjectState(ref(name), Action.CREATED, health, "", new Position("web.yaml", 3, 1));
  }

  private static SyncResult result(String commit) {
    return new SyncResult(
        7,
        commit,
        Outcome.FAILED,
        "one object failed",
        List.of(new Problem(new Position("web.yaml", 14, 7), "bad", "good")),
        Instant.ofEpochSecond(100),
        Instant.ofEpochSecond(101),
        Instant.ofEpochSecond(102),
        1,
        2,
        3,
        4);
  }
}
