package io.mooring.kas.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.config.AgentConfigurationSettings;
import io.mooring.kas.config.AgentListen;
import io.mooring.kas.config.AgentSettings;
import io.mooring.kas.config.GitopsSettings;
import io.mooring.kas.config.Listener;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.identity.Peer;
import io.mooring.kas.ratelimit.RefusalLimit;
import io.mooring.kas.store.ExpiringValues;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.MemoryStore;
import io.mooring.kas.store.StoreException;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.gitlab.ClientError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GitLabLookupsTest {
  private static final AgentToken TOKEN = token("glagent-0123456789-token-of-agent-5");

  private final FakeClock clock = new FakeClock();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScriptedGitLab gitlab = ScriptedGitLab.start();
  private final GitLabApi api =
      GitLabContract.api(gitlab.url(), Secret.of("0123456789abcdef0123456789abcdef"));
  private final MemoryStore store = new MemoryStore(clock);
  private final Map<AgentToken, Status> revoked = new ConcurrentHashMap<>();
  private final GitLabLookups lookups = lookups(store, Duration.ofMinutes(5));

  @AfterEach
  void stop() {
    threads.shutdownNow();
    api.close();
    gitlab.close();
  }

  @Test
  void remembersAnAgentForTheTimeToLive() throws Exception {
    gitlab.on("agent_info", request -> Reply.json(200, ScriptedGitLab.agentInfo(5, 7)));

    AgentInfo agent = lookups.agent(TOKEN);
    clock.advance(Duration.ofSeconds(299));
    lookups.agent(TOKEN);

    assertThat(agent.agentId()).isEqualTo(5);
    assertThat(agent.projectPath()).isEqualTo("group/project");
    assertThat(gitlab.asked()).hasSize(1);
    clock.advance(Duration.ofSeconds(2));
    lookups.agent(TOKEN);
    assertThat(gitlab.asked()).hasSize(2);
  }

  @Test
  @Tag("fault-2")
  void forgetsARevokedTokenAfterTheTimeToLive() throws Exception {
    gitlab.on("agent_info", request -> Reply.json(200, ScriptedGitLab.agentInfo(5, 7)));
    lookups.agent(TOKEN);
    gitlab.on("agent_info", request -> Reply.status(401));

    clock.advance(Duration.ofSeconds(301));

    assertThat(failure(lookups).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(revoked.get(TOKEN)).isNotNull();
  }

  @Test
  @Tag("wire-92")
  void remembersForFiveMinutesWhatAnAgentMayReadAndWhatNot() throws Exception {
    gitlab.on(
        "verify_project_access",
        request -> Reply.status(request.query().equals("id=group%2Fproject") ? 204 : 403));

    for (int i = 0; i < 3; i++) {
      assertThat(lookups.mayRead(TOKEN, "group/project")).isTrue();
      assertThat(lookups.mayRead(TOKEN, "group/secret")).isFalse();
      clock.advance(Duration.ofSeconds(140));
    }

    assertThat(gitlab.asked("verify_project_access")).hasSize(2);
    clock.advance(Duration.ofSeconds(30));
    gitlab.on("verify_project_access", request -> Reply.status(404));
    assertThat(lookups.mayRead(TOKEN, "group/project")).isFalse();
    gitlab.on("verify_project_access", request -> Reply.status(200));
    assertThat(lookups.mayRead(TOKEN, "group/secret")).isTrue();
  }

  @Test
  @Tag("wire-92")
  void remembersNothingWhenGitLabDoesNotSayWhatAnAgentMayRead() throws Exception {
    gitlab.on("verify_project_access", request -> Reply.status(500));
    StatusException failure =
        catchThrowableOfType(StatusException.class, () -> lookups.mayRead(TOKEN, "group/project"));
    gitlab.on("verify_project_access", request -> Reply.status(204));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(lookups.mayRead(TOKEN, "group/project")).isTrue();
  }

  @Test
  void asksOnceForManyWhoAskAtTheSameTime() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    gitlab.on(
        "agent_info",
        request -> {
          release.await();
          return Reply.json(200, ScriptedGitLab.agentInfo(5, 7));
        });

    List<Future<AgentInfo>> all =
        IntStream.range(0, 20).mapToObj(i -> threads.submit(() -> lookups.agent(TOKEN))).toList();
    await().until(() -> !gitlab.asked().isEmpty());
    release.countDown();

    for (Future<AgentInfo> one : all) {
      assertThat(one.get().agentId()).isEqualTo(5);
    }
    assertThat(gitlab.asked()).hasSize(1);
  }

  @Test
  void letsACallerLeaveWithoutTakingTheAnswerFromTheOthers() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    gitlab.on(
        "agent_info",
        request -> {
          release.await();
          return Reply.json(200, ScriptedGitLab.agentInfo(5, 7));
        });
    Context.CancellableContext leaving = Context.current().withCancellation();
    Future<AgentInfo> leaver = threads.submit(leaving.wrap(() -> lookups.agent(TOKEN)));
    Future<AgentInfo> stayer = threads.submit(() -> lookups.agent(TOKEN));
    await().until(() -> !gitlab.asked().isEmpty());

    leaving.cancel(null);

    Status left = Status.fromThrowable(catchThrowableOfType(ExecutionException.class, leaver::get));
    assertThat(left.getCode()).isEqualTo(Status.Code.CANCELLED);
    release.countDown();
    assertThat(stayer.get().agentId()).isEqualTo(5);
  }

  @Test
  @Tag("wire-59")
  void sharesARefusalInTheFormOfTheOriginal() throws Exception {
    gitlab.on("agent_info", request -> Reply.status(403));

    failure(lookups);

    ByteString shared =
        store.get(Key.named("agent_info_errs:").bytes(TOKEN.halfDigest())).orElseThrow();
    Any any = Any.parseFrom(shared);
    assertThat(any.getTypeUrl()).isEqualTo("type.googleapis.com/gitlab.agent.gitlab.ClientError");
    assertThat(any.unpack(ClientError.class).getStatusCode()).isEqualTo(403);
  }

  @Test
  @Tag("wire-59")
  void honoursARefusalThatAnotherReplicaGot() throws Exception {
    Key key =
        Key.named("project_info_errs:").bytes(TOKEN.halfDigest()).text(":").text("group/other");
    store.set(
        key,
        Any.pack(ClientError.newBuilder().setStatusCode(404).build()).toByteString(),
        Duration.ofMinutes(1));

    StatusException refusal =
        catchThrowableOfType(StatusException.class, () -> lookups.project(TOKEN, "group/other"));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refusal.getStatus().getDescription()).isEqualTo("project not found");
    assertThat(gitlab.asked()).isEmpty();
  }

  @Test
  @Tag("wire-59")
  void asksAgainWhenTheTimeOfARefusalIsOver() {
    gitlab.on("agent_info", request -> Reply.status(401));
    failure(lookups);
    clock.advance(Duration.ofSeconds(59));
    failure(lookups);
    assertThat(gitlab.asked()).hasSize(1);

    clock.advance(Duration.ofSeconds(1));
    failure(lookups);

    assertThat(gitlab.asked()).hasSize(2);
  }

  @Test
  @Tag("wire-59")
  @Tag("fault-6")
  void remembersNoFailureOfGitLab() throws Exception {
    gitlab.on("agent_info", request -> Reply.status(500));
    assertThat(failure(lookups).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(revoked).as("what runs goes on").isEmpty();

    gitlab.on("agent_info", request -> Reply.json(200, ScriptedGitLab.agentInfo(5, 7)));

    assertThat(lookups.agent(TOKEN).agentId()).isEqualTo(5);
  }

  @Test
  void remembersNothingWithATimeToLiveOfZero() throws Exception {
    GitLabLookups forgetful = lookups(store, Duration.ZERO);
    gitlab.on("agent_info", request -> Reply.status(401));
    failure(forgetful);
    failure(forgetful);

    gitlab.on("agent_info", request -> Reply.json(200, ScriptedGitLab.agentInfo(5, 7)));
    forgetful.agent(TOKEN);
    forgetful.agent(TOKEN);

    assertThat(gitlab.asked()).hasSize(4);
  }

  @Test
  @Tag("fault-41")
  void worksWithoutTheStore() throws Exception {
    GitLabLookups alone = lookups(new BrokenValues(), Duration.ofMinutes(5));
    gitlab.on("agent_info", request -> Reply.json(200, ScriptedGitLab.agentInfo(5, 7)));

    assertThat(alone.agent(TOKEN).agentId()).isEqualTo(5);

    gitlab.on("agent_info", request -> Reply.status(404));
    StatusException refusal =
        catchThrowableOfType(
            StatusException.class, () -> alone.agent(token("another-token-that-is-wrong")));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  @Tag("fault-7")
  void asksNoMoreForAMachineThatTriesTokensButServesKnownAgentsBehindIt() throws Exception {
    gitlab.withAgent(TOKEN.secret().text(), ScriptedGitLab.agentInfo(5, 7));
    lookups.agent(TOKEN);
    Context attacker = new Peer("192.0.2.1").within(Context.current());
    Context other = new Peer("192.0.2.2").within(Context.current());

    for (int i = 0; i < RefusalLimit.MAX_REFUSALS; i++) {
      AgentToken guess = token(i + "-wrong-token-" + i);
      attacker.call(() -> catchThrowableOfType(StatusException.class, () -> lookups.agent(guess)));
    }

    int asked = gitlab.asked().size();
    assertThat(attacker.call(() -> failureOf(token("one-more-wrong-token"))).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(gitlab.asked()).as("GitLab is not asked any more").hasSize(asked);
    assertThat(attacker.call(() -> lookups.agent(TOKEN)).agentId()).isEqualTo(5);
    assertThat(other.call(() -> failureOf(token("and-from-elsewhere-a-wrong-one"))).getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    clock.advance(RefusalLimit.WINDOW);
    assertThat(attacker.call(() -> failureOf(token("later-a-wrong-token"))).getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  private Status failure(GitLabLookups from) {
    return catchThrowableOfType(StatusException.class, () -> from.agent(TOKEN)).getStatus();
  }

  private Status failureOf(AgentToken token) {
    return catchThrowableOfType(StatusException.class, () -> lookups.agent(token)).getStatus();
  }

  private GitLabLookups lookups(ExpiringValues errors, Duration ttl) {
    return new GitLabLookups(api, errors, settings(ttl), threads, clock, revoked::put);
  }

  private static AgentToken token(String text) {
    return new AgentToken(Secret.of(text));
  }

  private static AgentSettings settings(Duration ttl) {
    Listener listener = new Listener("agent.listen", "tcp", "", Optional.empty(), Optional.empty());
    return new AgentSettings(
        new AgentListen(listener, 1, Duration.ofHours(2), Duration.ofSeconds(5), false),
        new AgentConfigurationSettings(Duration.ofMinutes(5), 1),
        new GitopsSettings(Duration.ofMinutes(5), ttl, Duration.ofMinutes(1), 1, 1, 1, 1),
        ttl,
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(4),
        Duration.ofMinutes(10),
        Optional.empty());
  }

  /** A store that is not there. */
  private static final class BrokenValues implements ExpiringValues {
    @Override
    public Optional<ByteString> get(Key key) throws StoreException {
      throw new StoreException("gone");
    }

    @Override
    public void set(Key key, ByteString value, Duration ttl) throws StoreException {
      throw new StoreException("gone");
    }
  }
}
