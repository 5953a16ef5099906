package io.mooring.agentk.gitops;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.agentk.Times;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.worker.Workers;
import io.mooring.apply.options.EngineOptions;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.gitops.rpc.GitRefCF;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.PathCF;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ProjectWatchTest {
  private static final List<PathCF> PATHS = List.of(PathCF.newBuilder().setGlob("*.yaml").build());

  private final FakeClock clock = new FakeClock();
  private final List<String> batches = new CopyOnWriteArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final List<String> delivered = new CopyOnWriteArrayList<>();
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);
  private TestKas kas;
  private ManagedChannel channel;

  @BeforeEach
  void begin() throws Exception {
    kas = TestKas.start();
    channel = NettyChannelBuilder.forAddress("localhost", kas.port()).usePlaintext().build();
  }

  @AfterEach
  void end() {
    workers.close();
    channel.shutdownNow();
    kas.close();
    assertThat(crashes).isEmpty();
  }

  @Test
  void handsOnEachBatchAndAsksAgainWithItsCommit() {
    watch(Optional.empty());
    kas.manifests().commit("group/project", 7, "one", Map.of("a.yaml", "a: 1"));
    awaitBatches("7 one a.yaml");

    kas.manifests().commit("group/project", 7, "two", Map.of());
    awaitBatches("7 one a.yaml", "7 two");

    await().atMost(SOON).untilAsserted(() -> assertThat(kas.manifests().requests()).hasSize(3));
    assertThat(kas.manifests().requests())
        .extracting(ObjectsToSynchronizeRequest::getCommitId)
        .containsExactly("", "one", "two");
    assertThat(kas.manifests().requests())
        .allSatisfy(request -> assertThat(request.getPathsList()).isEqualTo(PATHS));
  }

  @Test
  void asksAgainAtOnceAfterAnEmptyStreamButNotForEver() throws Exception {
    watch(Optional.empty());
    for (int request = 1; request <= 2; request++) {
      awaitRequests(request);
      kas.manifests().end();
    }
    clock.awaitWaiting(1, SOON);
    assertThat(kas.manifests().requests()).hasSize(2);

    clock.advance(Duration.ofSeconds(10));

    awaitRequests(3);
  }

  @Test
  @Tag("wire-89")
  void stopsAskingAfterTheOneCommitItWants() throws Exception {
    GitRefCF ref = GitRefCF.newBuilder().setCommit("one").build();
    watch(Optional.of(ref));
    kas.manifests().commit("group/project", 7, "one", Map.of("a.yaml", "a: 1"));
    awaitBatches("7 one a.yaml");

    clock.awaitWaiting(1, SOON);

    assertThat(kas.manifests().requests())
        .singleElement()
        .satisfies(request -> assertThat(request.getRef()).isEqualTo(ref));
    clock.advance(Duration.ofHours(24));
    assertThat(kas.manifests().requests()).hasSize(1);
  }

  @Test
  @Tag("wire-89")
  void backsOffWhileTheRefIsNotFound() throws Exception {
    kas.manifests()
        .fail(
            "group/project",
            io.grpc.Status.NOT_FOUND.withDescription("GitOps: repository poll failed: nope"));
    watch(Optional.of(GitRefCF.newBuilder().setBranch("none").build()));

    clock.awaitWaiting(1, SOON);
    assertThat(kas.manifests().requests()).hasSize(1);
    clock.advance(Duration.ofSeconds(10));

    awaitRequests(2);
    assertThat(batches).isEmpty();
    assertThat(refusals.get(0))
        .contains("NOT_FOUND: GitOps: repository poll failed: nope")
        .contains("Nothing is changed or pruned");
  }

  @Test
  void tellsOnceWhenANewestCommitCanBeHadAgain() throws Exception {
    watch(Optional.empty());
    kas.manifests().commit("group/project", 7, "one", Map.of("a.yaml", "a: 1"));
    awaitBatches("7 one a.yaml");
    assertThat(delivered).containsExactly("one");
    awaitRequests(2);

    kas.manifests()
        .fail("group/project", io.grpc.Status.NOT_FOUND.withDescription("no such folder"));
    kas.manifests().end();
    await().atMost(SOON).untilAsserted(() -> assertThat(refusals).hasSize(1));
    kas.manifests().commit("group/project", 7, "two", Map.of());
    clock.awaitWaiting(1, SOON);
    clock.advance(Duration.ofSeconds(30));
    awaitBatches("7 one a.yaml", "7 two");

    assertThat(refusals).singleElement().asString().startsWith("one NOT_FOUND: no such folder");
    assertThat(delivered).containsExactly("one", "two");
  }

  private void watch(Optional<GitRefCF> ref) {
    var project = new ManifestProject("group/project", PATHS, ref, EngineOptions.defaults(5));
    var watch =
        new ProjectWatch(
            channel,
            project,
            batch ->
                batches.add(
                    (batch.projectId()
                            + " "
                            + batch.commitId()
                            + " "
                            + batch.sources().stream()
                                .map(source -> source.path())
                                .reduce("", String::concat))
                        .strip()),
            new SourceListener() {
              @Override
              public void refused(String commitId, String error) {
                refusals.add(commitId + " " + error);
              }

              @Override
              public void delivered(String commitId) {
                delivered.add(commitId);
              }
            },
            Times.of(clock));
    workers.start("watch", watch::run);
  }

  private void awaitBatches(String... expected) {
    await().atMost(SOON).untilAsserted(() -> assertThat(batches).containsExactly(expected));
  }

  private void awaitRequests(int count) {
    await().atMost(SOON).untilAsserted(() -> assertThat(kas.manifests().requests()).hasSize(count));
  }
}
