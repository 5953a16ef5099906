package io.mooring.kas.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.mooring.kas.git.ScriptedGitaly;
import io.mooring.kas.gitlab.ProjectAccess;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.notifications.TestPushes;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.flux.rpc.GitLabFluxGrpc;
import io.mooring.wire.flux.rpc.Project;
import io.mooring.wire.flux.rpc.ReconcileProjectsRequest;
import io.mooring.wire.flux.rpc.ReconcileProjectsResponse;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("wire-92")
class FluxTest {
  private static final BackoffPolicy QUICK =
      new BackoffPolicy(Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofSeconds(1), 2, 0);
  private static final String PROJECT = "group/project";

  private final TestPushes pushes = new TestPushes();
  private final List<String> counted = new CopyOnWriteArrayList<>();
  private final Counter told = Counter.builder().name("told").build();
  private final Counter dropped = Counter.builder().name("dropped").build();
  private volatile AgentLookup agents = token -> agent();
  private volatile ProjectAccess access = (token, path) -> true;
  private FeatureServer kas;

  @BeforeEach
  void start() throws Exception {
    UsageCounters usage =
        new UsageCounters() {
          @Override
          public void increment(String counter) {
            counted.add(counter);
          }

          @Override
          public void addUnique(String counter, long id) {
            counted.add(counter + " " + id);
          }
        };
    kas =
        new FeatureServer(
            new Flux(
                token -> agents.agent(token),
                (token, path) -> access.mayRead(token, path),
                pushes,
                new Flux.Counters(usage, told, dropped),
                QUICK,
                InstantSource.system(),
                RandomGenerator.getDefault()));
  }

  @AfterEach
  void stop() {
    kas.close();
  }

  @Test
  void tellsOfAPushToAProjectThatWasAskedForAndOfNoOther() {
    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT, "group/other");

    pushes.push("group");
    pushes.push("group/other");
    pushes.push(PROJECT);
    pushes.push(PROJECT);

    assertThat(next(answers)).isEqualTo("group/other");
    assertThat(next(answers)).isEqualTo(PROJECT);
    assertThat(next(answers)).isEqualTo(PROJECT);
    assertThat(told.get()).isEqualTo(3);
    assertThat(dropped.get()).isZero();
    assertThat(counted)
        .filteredOn(name -> name.equals("flux_git_push_notifications_total"))
        .hasSize(3);
    assertThat(counted).contains("flux_git_push_notified_unique_projects 77");
  }

  @Test
  void tellsOnceOfAProjectThatWasAskedForTwice() {
    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT, PROJECT, "group/other");

    pushes.push(PROJECT);
    pushes.push("group/other");

    assertThat(next(answers)).isEqualTo(PROJECT);
    assertThat(next(answers)).isEqualTo("group/other");
  }

  @Test
  void tellsNothingOfAProjectThatTheAgentMayNotRead() {
    access = (token, path) -> !path.equals("group/secret");
    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT, "group/secret");

    pushes.push("group/secret");
    pushes.push(PROJECT);

    assertThat(next(answers)).isEqualTo(PROJECT);
    assertThat(told.get()).isEqualTo(1);
  }

  @Test
  void losesOnePushWhenGitLabDoesNotAnswerAndGoesOn() {
    AtomicInteger asked = new AtomicInteger();
    access =
        (token, path) -> {
          if (asked.getAndIncrement() == 0) {
            throw Status.UNAVAILABLE.asException();
          }
          return true;
        };
    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT, "group/other");

    pushes.push(PROJECT);
    pushes.push("group/other");

    assertThat(next(answers)).isEqualTo("group/other");
  }

  @Test
  void keepsTenPushesForASlowAgentAndCountsTheOthers() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch working = new CountDownLatch(1);
    access =
        (token, path) -> {
          working.countDown();
          pass(release);
          return true;
        };
    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT);
    pushes.push(PROJECT);
    pass(working);

    for (int i = 0; i < 15; i++) {
      pushes.push(PROJECT);
    }
    release.countDown();

    for (int i = 0; i < 11; i++) {
      assertThat(next(answers)).isEqualTo(PROJECT);
    }
    assertThat(dropped.get()).isEqualTo(5);
    assertThat(told.get()).isEqualTo(11);
  }

  @Test
  void outlivesTheAgeOfItsConnection() {
    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT);

    kas.expire();
    pushes.push(PROJECT);

    assertThat(next(answers)).isEqualTo(PROJECT);
  }

  @Test
  void endsProperlyWhenKasShutsDown() throws Exception {
    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT);
    CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(answers::hasNext);

    kas.shutDown();

    assertThat(more.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(pushes.subscribers(PROJECT)).isZero();
  }

  @Test
  void letsGoOfItsProjectsWhenTheAgentLeaves() {
    ClientCall<ReconcileProjectsRequest, ReconcileProjectsResponse> call =
        kas.channel().newCall(GitLabFluxGrpc.getReconcileProjectsMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(request(PROJECT));
    call.halfClose();
    await().until(() -> pushes.subscribers(PROJECT) == 1);

    call.cancel("enough", null);

    await().until(() -> pushes.subscribers(PROJECT) == 0);
  }

  @Test
  void asksAgainWhoTheAgentIsWhenGitLabDoesNotAnswer() {
    AtomicInteger asked = new AtomicInteger();
    agents =
        token -> {
          if (asked.getAndIncrement() < 2) {
            throw Status.UNAVAILABLE.asException();
          }
          return agent();
        };

    Iterator<ReconcileProjectsResponse> answers = reconcile(PROJECT);
    pushes.push(PROJECT);

    assertThat(next(answers)).isEqualTo(PROJECT);
    assertThat(asked).hasValue(3);
  }

  @Test
  void refusesAnAgentThatGitLabDoesNotKnow() {
    agents = token -> refuse();

    assertThatThrownBy(() -> call(PROJECT).hasNext())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
  }

  @Test
  void endsWithTheAgeOfItsConnectionWhileNobodyKnowsTheAgent() {
    agents =
        token -> {
          throw Status.UNAVAILABLE.asException();
        };
    kas.expire();

    assertThat(call(PROJECT).hasNext()).isFalse();
  }

  private static AgentInfo refuse() throws StatusException {
    throw Status.UNAUTHENTICATED.withDescription("unauthenticated").asException();
  }

  private static void pass(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String next(Iterator<ReconcileProjectsResponse> answers) {
    return answers.next().getProject().getId();
  }

  /** Returns when kas listens for pushes to the projects. */
  private Iterator<ReconcileProjectsResponse> reconcile(String... projects) {
    Iterator<ReconcileProjectsResponse> answers = call(projects);
    await()
        .until(
            () -> List.of(projects).stream().allMatch(project -> pushes.subscribers(project) > 0));
    return answers;
  }

  private Iterator<ReconcileProjectsResponse> call(String... projects) {
    return GitLabFluxGrpc.newBlockingStub(kas.channel())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .reconcileProjects(request(projects));
  }

  private static ReconcileProjectsRequest request(String... projects) {
    ReconcileProjectsRequest.Builder request = ReconcileProjectsRequest.newBuilder();
    for (String project : projects) {
      request.addProject(Project.newBuilder().setId(project));
    }
    return request.build();
  }

  private static AgentInfo agent() {
    return new AgentInfo(
        5,
        10,
        "agent",
        GitalyInfo.getDefaultInstance(),
        ScriptedGitaly.entity("group/config"),
        "main");
  }
}
