package io.mooring.kas.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.kas.access.Access.Watch;
import io.mooring.kas.access.Credential.JobToken;
import io.mooring.kas.access.Credential.PersonalAccessToken;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.LookupCache;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.store.MemoryStore;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.time.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RunningRequestsTest {
  private static final String PEOPLE = AuthorizationsTest.PEOPLE;
  private static final String AGENT = "{\"agent\":{}}";
  private static final PersonalAccessToken PAT =
      new PersonalAccessToken(5, Secret.of("glpat-canary"));

  private final FakeClock clock = new FakeClock();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScriptedGitLab gitlab = ScriptedGitLab.start();
  private final GitLabApi api =
      new GitLabApi(
          new GitLabSettings(
              gitlab.url(),
              Optional.empty(),
              Path.of("unused"),
              Optional.empty(),
              new TokenBucket(1000, 1000)),
          Secret.of("0123456789abcdef0123456789abcdef"),
          InstantSource.system());
  private final LookupCache.Rules rules =
      new LookupCache.Rules(Duration.ofMinutes(1), Duration.ofSeconds(10));
  private final MemoryStore store = new MemoryStore(clock);
  private final Authorizations access = new Authorizations(api, store, rules, threads, clock);
  private final List<Denied> ended = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    access.close();
    threads.shutdownNow();
    api.close();
    gitlab.close();
  }

  @Test
  @Tag("fault-2")
  void endsWhatRunsForARevokedPersonBeforeTheAnswerIsAsOldAsItMayGet() throws Exception {
    answer(AGENT);
    Granted granted = granted(PAT);
    clock.advance(Duration.ofSeconds(30));
    access.watch(PAT, granted, ended::add);
    gitlab.on(PEOPLE, request -> Reply.status(401));

    clock.advance(Duration.ofSeconds(9));
    access.lookAtRunningRequests();
    assertThat(gitlab.asked()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    access.lookAtRunningRequests();

    assertThat(ended).containsExactly(new Denied(401, "Unauthorized"));
    assertThat(access.known(PAT)).as("nor is a new request let in").isEmpty();
    access.lookAtRunningRequests();
    assertThat(gitlab.asked()).hasSize(2);
  }

  @Test
  @Tag("fault-2")
  @Tag("fault-8")
  void endsWhatRunsForAJobThatFinished() throws Exception {
    JobToken job = new JobToken(5, Secret.of("glcbt-64_canary"));
    gitlab.onPath(
        AuthorizationsTest.JOBS, request -> Reply.json(200, AuthorizationsTest.job("{}", "")));
    access.watch(job, granted(job), ended::add);
    gitlab.onPath(AuthorizationsTest.JOBS, request -> Reply.status(401));

    clock.advance(Duration.ofSeconds(40));
    access.lookAtRunningRequests();

    assertThat(ended).extracting(Denied::status).containsExactly(401);
  }

  @Test
  @Tag("fault-2")
  void endsWhatRunsUnderAnIdentityThatChanged() throws Exception {
    answer("{\"user\":{\"groups\":[{\"id\":12,\"roles\":[\"developer\"]}]}}");
    access.watch(PAT, granted(PAT), ended::add);
    answer("{\"user\":{\"groups\":[{\"id\":12,\"roles\":[\"reporter\"]}]}}");

    clock.advance(Duration.ofSeconds(40));
    access.lookAtRunningRequests();

    assertThat(ended)
        .containsExactly(new Denied(403, "Forbidden: access has changed, send the request again"));
  }

  @Test
  void noticesWhatAnotherRequestWasToldWithoutAskingAgain() throws Exception {
    answer(AGENT);
    access.watch(PAT, granted(PAT), ended::add);
    answer("{\"user\":{}}");
    clock.advance(Duration.ofSeconds(60));

    access.decide(PAT, "192.0.2.1");
    access.lookAtRunningRequests();

    assertThat(ended).hasSize(1);
    assertThat(gitlab.asked()).hasSize(2);
  }

  @Test
  void asksOnceForAllRequestsOfOnePersonAndLetsThemGoOn() throws Exception {
    answer(AGENT);
    Granted granted = granted(PAT);
    for (int i = 0; i < 100; i++) {
      access.watch(PAT, granted, ended::add);
    }

    for (int round = 0; round < 3; round++) {
      clock.advance(Duration.ofSeconds(40));
      access.lookAtRunningRequests();
    }

    assertThat(ended).isEmpty();
    assertThat(gitlab.asked()).hasSize(4);
  }

  @Test
  @Tag("fault-6")
  void letsThemGoOnWhileGitLabHasNoAnswer() throws Exception {
    answer(AGENT);
    access.watch(PAT, granted(PAT), ended::add);
    gitlab.on(PEOPLE, request -> Reply.status(501));

    clock.advance(Duration.ofHours(1));
    access.lookAtRunningRequests();
    assertThat(ended).isEmpty();

    gitlab.on(PEOPLE, request -> Reply.status(404));
    access.lookAtRunningRequests();
    assertThat(ended).hasSize(1);
  }

  @Test
  void forgetsRequestsThatHaveEnded() throws Exception {
    answer(AGENT);
    Granted granted = granted(PAT);
    Watch first = access.watch(PAT, granted, ended::add);
    Watch second = access.watch(PAT, granted, ended::add);
    first.close();
    first.close();
    gitlab.on(PEOPLE, request -> Reply.status(401));

    clock.advance(Duration.ofSeconds(40));
    access.lookAtRunningRequests();

    assertThat(ended).as("the second one").hasSize(1);
    second.close();
    clock.advance(Duration.ofSeconds(40));
    access.lookAtRunningRequests();
    assertThat(gitlab.asked()).hasSize(2);
  }

  @Test
  @Tag("fault-2")
  void looksByItself() {
    answer(AGENT);
    LookupCache.Rules brief = new LookupCache.Rules(Duration.ofMillis(600), Duration.ofMillis(100));
    try (Authorizations real =
        new Authorizations(
            api, new MemoryStore(InstantSource.system()), brief, threads, InstantSource.system())) {
      real.watch(PAT, (Granted) real.decide(PAT, "192.0.2.1"), ended::add);

      gitlab.on(PEOPLE, request -> Reply.status(403));

      await().until(() -> !ended.isEmpty());
    }
  }

  private void answer(String accessAs) {
    gitlab.on(PEOPLE, request -> Reply.json(200, AuthorizationsTest.person(accessAs, "")));
  }

  private Granted granted(Credential credential) {
    return (Granted) access.decide(credential, "192.0.2.1");
  }
}
