package io.mooring.kas.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import io.mooring.kas.access.Credential.JobToken;
import io.mooring.kas.access.Credential.PersonalAccessToken;
import io.mooring.kas.access.Credential.SessionCookie;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.LookupCache;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.gitlab.ScriptedGitLab.Asked;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.MemoryStore;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.gitlab.ClientError;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizationsTest {
  static final String JOBS = "/api/v4/job/allowed_agents";
  static final String PEOPLE = "authorize_proxy_user";
  private static final String PEOPLE_PATH = "/api/v4/internal/kubernetes/" + PEOPLE;
  private static final String ADDRESS = "192.0.2.1";
  private static final JobToken JOB = new JobToken(5, Secret.of("glcbt-64_canary"));
  private static final PersonalAccessToken PAT =
      new PersonalAccessToken(5, Secret.of("glpat-canary"));
  private static final SessionCookie COOKIE =
      new SessionCookie(5, Secret.of("cookie-canary"), Secret.of("csrf-canary"));

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
              new TokenBucket(1000, 3000)),
          Secret.of("0123456789abcdef0123456789abcdef"),
          InstantSource.system());
  private final MemoryStore store = new MemoryStore(clock);
  private final Authorizations access = authorizations(store);

  @AfterEach
  void stop() {
    access.close();
    threads.shutdownNow();
    api.close();
    gitlab.close();
  }

  @Test
  @Tag("wire-80")
  void asksForAllAgentsOfAJobOnceAndPicksTheOneItNames() {
    gitlab.onPath(JOBS, request -> Reply.json(200, job("{}", "")));

    Decision first = access.decide(JOB, ADDRESS);
    Decision second = access.decide(new JobToken(6, JOB.token()), ADDRESS);
    Decision third = access.decide(new JobToken(7, JOB.token()), ADDRESS);

    assertThat(first)
        .isEqualTo(
            new Granted(
                5,
                3,
                new Caller(Caller.Kind.CI_JOB, 1, "root", OptionalLong.of(7), OptionalLong.of(150)),
                Optional.empty(),
                Ceiling.NONE));
    assertThat(((Granted) second).agentId()).isEqualTo(6);
    assertThat(third).isEqualTo(new Denied(403, "Forbidden: agentId is not allowed"));
    assertThat(gitlab.asked()).hasSize(1);
    Asked asked = gitlab.asked().getFirst();
    assertThat(asked.header("Job-Token")).contains("glcbt-64_canary");
    assertThat(asked.header("Gitlab-Kas-Api-Request")).isEmpty();
  }

  @ParameterizedTest
  @Tag("wire-68")
  @CsvSource(
      delimiter = '|',
      value = {"null", "{}", "{\"default_namespace\":\"ns\"}", "{\"access_as\":{\"agent\":{}}}"})
  void actsAsTheAgentWhereNothingElseIsConfigured(String configuration) {
    gitlab.onPath(JOBS, request -> Reply.json(200, job(configuration, "")));

    assertThat(granted(JOB).impersonation()).isEmpty();
    assertThat(granted(JOB).identity()).isEqualTo("agent");
  }

  @Test
  @Tag("wire-67")
  void impersonatesAJobWithAllGroupsAndExtrasInOrder() {
    gitlab.onPath(JOBS, request -> Reply.json(200, job("{\"access_as\":{\"ci_job\":{}}}", "")));

    assertThat(granted(JOB).impersonation().orElseThrow().toString())
        .isEqualTo(
            """
            username: "gitlab:ci_job:7"
            groups: "gitlab:ci_job"
            groups: "gitlab:group:23"
            groups: "gitlab:group:25"
            groups: "gitlab:project:150"
            extra {
              key: "agent.gitlab.com/id"
              val: "5"
            }
            extra {
              key: "agent.gitlab.com/config_project_id"
              val: "3"
            }
            extra {
              key: "agent.gitlab.com/project_id"
              val: "150"
            }
            extra {
              key: "agent.gitlab.com/ci_pipeline_id"
              val: "6"
            }
            extra {
              key: "agent.gitlab.com/ci_job_id"
              val: "7"
            }
            extra {
              key: "agent.gitlab.com/username"
              val: "root"
            }
            """);
    assertThat(granted(JOB).identity()).isEqualTo("gitlab:ci_job:7");
  }

  @Test
  @Tag("wire-67")
  void impersonatesAJobThatDeploysWithItsEnvironment() {
    gitlab.onPath(
        JOBS,
        request ->
            Reply.json(
                200,
                job(
                    "{\"access_as\":{\"ci_job\":{}}}",
                    ",\"environment\":{\"slug\":\"prod-x\",\"tier\":\"production\"}")));

    var identity = granted(JOB).impersonation().orElseThrow();

    assertThat(identity.getGroupsList())
        .containsExactly(
            "gitlab:ci_job",
            "gitlab:group:23",
            "gitlab:group_env_tier:23:production",
            "gitlab:group:25",
            "gitlab:group_env_tier:25:production",
            "gitlab:project:150",
            "gitlab:project_env:150:prod-x",
            "gitlab:project_env_tier:150:production");
    assertThat(identity.getExtraList().subList(6, 8).toString())
        .contains("environment_slug", "prod-x", "environment_tier", "production");
    assertThat(identity.getExtraCount()).isEqualTo(8);
    assertThat(identity.getUid()).isEmpty();
  }

  @Test
  @Tag("wire-67")
  void copiesAConfiguredIdentity() {
    gitlab.onPath(
        JOBS,
        request ->
            Reply.json(
                200,
                job(
                    """
                    {"access_as":{"impersonate":{"username":"u","groups":["g","h"],"uid":"id",
                     "extra":[{"key":"k","val":["v","w"]},{"key":"k","val":["x"]}]}}}
                    """,
                    "")));

    assertThat(granted(JOB).impersonation().orElseThrow().toString())
        .isEqualTo(
            """
            username: "u"
            groups: "g"
            groups: "h"
            uid: "id"
            extra {
              key: "k"
              val: "v"
              val: "w"
            }
            extra {
              key: "k"
              val: "x"
            }
            """);
  }

  @Test
  @Tag("wire-67")
  void impersonatesAPersonWithAllRolesInOrder() {
    gitlab.on(PEOPLE, request -> Reply.json(200, person(USER, "")));

    var identity = granted(COOKIE).impersonation().orElseThrow();

    assertThat(identity.getUsername()).isEqualTo("gitlab:user:ann");
    assertThat(identity.getGroupsList())
        .containsExactly(
            "gitlab:user",
            "gitlab:project_role:11:reporter",
            "gitlab:project_role:11:developer",
            "gitlab:group_role:12:developer");
    assertThat(identity.getExtraList().stream().map(it -> it.getKey() + "=" + it.getVal(0)))
        .containsExactly(
            "agent.gitlab.com/id=5",
            "agent.gitlab.com/username=ann",
            "agent.gitlab.com/access_type=session_cookie",
            "agent.gitlab.com/config_project_id=1234");
    assertThat(granted(PAT).impersonation().orElseThrow().getExtra(2).getVal(0))
        .isEqualTo("personal_access_token");
  }

  @Test
  @Tag("fault-10")
  void asksAboutAPersonWithEverythingPresented() {
    gitlab.on(PEOPLE, request -> Reply.json(200, person("{\"agent\":{}}", "")));

    Granted granted = granted(COOKIE);
    access.decide(COOKIE, ADDRESS);
    access.decide(PAT, ADDRESS);
    access.decide(
        new SessionCookie(5, COOKIE.cookie(), Secret.of("csrf-of-another-session")), ADDRESS);

    assertThat(granted.impersonation()).isEmpty();
    assertThat(granted.caller())
        .isEqualTo(
            new Caller(
                Caller.Kind.SESSION_COOKIE, 42, "ann", OptionalLong.empty(), OptionalLong.empty()));
    List<Asked> asked = gitlab.asked(PEOPLE);
    assertThat(asked).hasSize(3);
    assertThat(JsonParser.parseString(asked.get(0).body()))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"agent_id":"5","access_type":"session_cookie","access_key":"cookie-canary",
                 "csrf_token":"csrf-canary"}
                """));
    assertThat(JsonParser.parseString(asked.get(1).body()))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"agent_id":"5","access_type":"personal_access_token","access_key":"glpat-canary"}
                """));
  }

  @ParameterizedTest
  @Tag("fault-8")
  @Tag("wire-62")
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | 401 | Unauthorized: CI job token: HTTP status code: 401 for path "
            + JOBS
            + " | Unauthorized",
        "403 | 403 | Forbidden: CI job token: HTTP status code: 403 for path "
            + JOBS
            + " | Unauthorized",
        "404 | 404 | Not found: agents for CI job token: HTTP status code: 404 for path "
            + JOBS
            + " | Unauthorized",
        "501 | 500 | Failed to get allowed agents for CI job token: HTTP status code: 501 for"
            + " path "
            + JOBS
            + " | Failed to authorize user session",
      })
  void saysWhatTheOriginalSaysWhenGitLabRefuses(
      int status, int expected, String job, String person) {
    Reply reply = Reply.json(status, "{\"message\":\"internal reason\"}");
    gitlab.onPath(JOBS, request -> reply).on(PEOPLE, request -> reply);

    assertThat(access.decide(JOB, ADDRESS)).isEqualTo(new Denied(expected, job));
    assertThat(access.decide(PAT, ADDRESS))
        .isEqualTo(new Denied(expected == 500 ? 500 : 401, person));
    assertThat(access.decide(COOKIE, ADDRESS))
        .isEqualTo(new Denied(expected == 500 ? 500 : 401, person));
  }

  @Test
  @Tag("fault-6")
  void deniesWhatItCannotRead() {
    gitlab.onPath(JOBS, request -> Reply.json(200, job("{\"access_as\":{\"root\":{}}}", "")));
    gitlab.on(PEOPLE, request -> Reply.json(200, person("{}", "")));

    assertThat(((Denied) access.decide(JOB, ADDRESS)).status()).isEqualTo(500);
    assertThat(((Denied) access.decide(COOKIE, ADDRESS)).status()).isEqualTo(500);
  }

  @Test
  void remembersAGrantForItsTimeWithoutBlocking() {
    gitlab.onPath(JOBS, request -> Reply.json(200, job("{}", "")));
    assertThat(access.known(JOB)).isEmpty();
    Decision decision = access.decide(JOB, ADDRESS);

    clock.advance(Duration.ofSeconds(59));

    assertThat(access.known(JOB)).contains(decision);
    assertThat(access.known(new JobToken(9, JOB.token())))
        .contains(new Denied(403, "Forbidden: agentId is not allowed"));
    clock.advance(Duration.ofSeconds(1));
    assertThat(access.known(JOB)).isEmpty();
  }

  @Test
  void asksOnceForManyRequestsOfOneJobAtTheSameTime() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    gitlab.onPath(
        JOBS,
        request -> {
          release.await();
          return Reply.json(200, job("{}", ""));
        });

    List<Future<Decision>> all =
        IntStream.range(0, 20)
            .mapToObj(i -> threads.submit(() -> access.decide(JOB, ADDRESS)))
            .toList();
    await().until(() -> !gitlab.asked().isEmpty());
    release.countDown();

    for (Future<Decision> one : all) {
      assertThat(one.get()).isInstanceOf(Granted.class);
    }
    assertThat(gitlab.asked()).hasSize(1);
  }

  @Test
  @Tag("wire-59")
  @Tag("fault-8")
  void sharesARefusalForTenSecondsUnderTheKeyOfTheOriginal() throws Exception {
    gitlab.onPath(JOBS, request -> Reply.status(401)).on(PEOPLE, request -> Reply.status(403));

    access.decide(JOB, ADDRESS);
    access.decide(COOKIE, ADDRESS);
    access.decide(COOKIE, ADDRESS);

    ByteArrayOutputStream person = new ByteArrayOutputStream();
    person.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(5).array());
    person.writeBytes(
        "session_cookie\u000bcookie\u000bcsrf-canary".getBytes(StandardCharsets.UTF_8));
    assertThat(shared("auth_proxy_user_errs:", person.toByteArray()))
        .isEqualTo(ClientError.newBuilder().setStatusCode(403).setPath(PEOPLE_PATH).build());
    assertThat(shared("allowed_agents_errs:", "glcbt-6".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(ClientError.newBuilder().setStatusCode(401).setPath(JOBS).build());
    assertThat(gitlab.asked()).hasSize(2);
    clock.advance(Duration.ofSeconds(10));
    access.decide(COOKIE, ADDRESS);
    assertThat(gitlab.asked()).hasSize(3);
  }

  @Test
  @Tag("wire-59")
  void honoursARefusalThatAnotherReplicaGot() throws Exception {
    byte[] half = "glcbt-6".getBytes(StandardCharsets.UTF_8);
    store.set(
        Key.named("allowed_agents_errs:").bytes(sha256(half)),
        Any.pack(ClientError.newBuilder().setStatusCode(403).setPath(JOBS).build()).toByteString(),
        Duration.ofSeconds(10));

    assertThat(access.decide(JOB, ADDRESS))
        .isEqualTo(
            new Denied(403, "Forbidden: CI job token: HTTP status code: 403 for path " + JOBS));
    assertThat(gitlab.asked()).isEmpty();
  }

  @Test
  @Tag("fault-7")
  void asksNoMoreForAMachineThatTriesCredentialsButServesWhoIsKnownThere() {
    gitlab.onPath(
        JOBS,
        request ->
            request.header("Job-Token").equals(Optional.of(JOB.token().text()))
                ? Reply.json(200, job("{}", ""))
                : Reply.status(401));
    access.decide(JOB, ADDRESS);
    for (int i = 0; i < Authorizations.MAX_REFUSALS; i++) {
      access.decide(new JobToken(5, Secret.of(i + "-wrong-" + i)), ADDRESS);
    }
    int asked = gitlab.asked().size();

    JobToken wrong = new JobToken(5, Secret.of("one-more-wrong-token"));

    assertThat(((Denied) access.decide(wrong, ADDRESS)).status()).isEqualTo(429);
    assertThat(gitlab.asked()).hasSize(asked);
    assertThat(access.decide(JOB, ADDRESS)).isInstanceOf(Granted.class);
    assertThat(((Denied) access.decide(wrong, "192.0.2.2")).status()).isEqualTo(401);
  }

  @Test
  @Tag("fault-7")
  void countsAWrongCredentialThatIsRepeatedOnlyAsOftenAsGitLabIsAsked() {
    gitlab.onPath(JOBS, request -> Reply.status(401));

    for (int i = 0; i < 2 * Authorizations.MAX_REFUSALS; i++) {
      access.decide(JOB, ADDRESS);
    }

    assertThat(gitlab.asked()).hasSize(1);
    assertThat(((Denied) access.decide(PAT, ADDRESS)).status()).isEqualTo(401);
  }

  @Test
  void putsTheCeilingOfTheAgentOverAJob() {
    gitlab.onPath(
        JOBS,
        request ->
            Reply.json(
                200,
                job("{}", "")
                    .replace(
                        "\"id\":5,",
                        """
                        "id":5,"ceiling":{"projects":["150"],"verbs":["get"],"later":1,
                         "namespaces":["team-*"],"subresources":[],"non_resource_paths":false},
                        """)));

    Ceiling ceiling = granted(JOB).ceiling();

    assertThat(ceiling)
        .isEqualTo(
            new Ceiling(
                Optional.empty(),
                Optional.of(List.of("get")),
                Optional.of(List.of("team-*")),
                Optional.of(List.of()),
                false));
    assertThat(granted(new JobToken(6, JOB.token())).ceiling()).isEqualTo(Ceiling.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"projects\":[12]} | the projects 12 and the groups (none), in none of which the project"
            + " of the CI job is",
        "{\"projects\":[],\"groups\":[]} | the projects (none) and the groups (none), in none of"
            + " which the project of the CI job is",
        "{\"identities\":[\"ci_job\",\"user\"]} | the identities ci_job, user (the configuration"
            + " says: agent)",
      })
  void excludesAJobThatTheCeilingDoesNotName(String ceiling, String text) {
    gitlab.onPath(
        JOBS,
        request ->
            Reply.json(
                200, job("{}", "").replace("\"id\":5,", "\"id\":5,\"ceiling\":" + ceiling + ",")));

    assertThat(granted(JOB).ceiling().refusal(KubernetesRequestTest.request("GET /api/v1/pods")))
        .contains("the ceiling that the administrator set for this agent allows " + text);
  }

  @Test
  void findsAJobByOneOfItsGroupsAndAPersonByOneOfTheirs() {
    gitlab.onPath(
        JOBS,
        request ->
            Reply.json(
                200,
                job("{}", "")
                    .replace(
                        "\"id\":5,", "\"id\":5,\"ceiling\":{\"projects\":[1],\"groups\":[25]},")));
    gitlab.on(PEOPLE, request -> Reply.json(200, person(USER, ",\"ceiling\":{\"groups\":[12]}")));

    assertThat(granted(JOB).ceiling().exclusion()).isEmpty();
    assertThat(granted(PAT).ceiling().exclusion()).isEmpty();
    gitlab.on(PEOPLE, request -> Reply.json(200, person(USER, ",\"ceiling\":{\"projects\":[12]}")));
    assertThat(granted(COOKIE).ceiling().exclusion().orElseThrow())
        .endsWith("in none of which access of this user is");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"verbs\":\"get\"}",
        "{\"verbs\":[null]}",
        "{\"projects\":[\"x\"]}",
        "{\"non_resource_paths\":\"no\"}",
        "[]",
        "7",
      })
  void deniesUnderACeilingThatItCannotRead(String ceiling) {
    gitlab.onPath(
        JOBS,
        request ->
            Reply.json(
                200, job("{}", "").replace("\"id\":5,", "\"id\":5,\"ceiling\":" + ceiling + ",")));

    assertThat(((Denied) access.decide(JOB, ADDRESS)).status()).isEqualTo(500);
  }

  private Granted granted(Credential credential) {
    return (Granted) access.decide(credential, ADDRESS);
  }

  private ClientError shared(String name, byte[] digested) throws Exception {
    return Any.parseFrom(store.get(Key.named(name).bytes(sha256(digested))).orElseThrow())
        .unpack(ClientError.class);
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private Authorizations authorizations(MemoryStore errors) {
    return new Authorizations(
        api,
        errors,
        new LookupCache.Rules(Duration.ofMinutes(1), Duration.ofSeconds(10)),
        threads,
        clock);
  }

  private static final String USER =
      """
      {"user":{"projects":[{"id":11,"roles":["reporter","developer"]}],
       "groups":[{"id":12,"roles":["developer"]}]}}
      """;

  /** A job of project 150 that may use agents 5, with this configuration, and 6. */
  static String job(String configuration, String more) {
    return """
    {"allowed_agents":[{"id":5,"config_project":{"id":3},"configuration":%s},
       {"id":6,"config_project":{"id":4}},
       {"id":5,"config_project":{"id":9},"configuration":{"access_as":{"ci_job":{}}}}],
     "job":{"id":7},"pipeline":{"id":6},"project":{"id":150,"groups":[{"id":23},{"id":25}]},
     "user":{"id":1,"username":"root"}%s}
    """
        .formatted(configuration, more);
  }

  /** User 42 at agent 5. */
  static String person(String accessAs, String more) {
    return """
    {"agent":{"id":5,"config_project":{"id":1234}},"user":{"id":42,"username":"ann"},
     "access_as":%s%s}
    """
        .formatted(accessAs, more);
  }
}
