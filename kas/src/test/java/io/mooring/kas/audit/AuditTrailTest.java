package io.mooring.kas.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.kas.access.Caller;
import io.mooring.kas.access.KubernetesRequest;
import io.mooring.kas.audit.AuditDelivery.Pace;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.gitlab.ScriptedGitLab.Asked;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.observability.KasMetrics;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.protocol.observability.JsonLines;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.time.FakeClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AuditTrailTest {
  private static final String ENDPOINT = "audit_records";
  private static final Pace FAST =
      new Pace(
          Duration.ofMillis(20),
          new BackoffPolicy(
              Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofSeconds(1), 2.0, 0.0));

  private final FakeClock clock = new FakeClock();
  private final KasMetrics metrics = new KasMetrics();
  private final ScriptedGitLab gitlab =
      ScriptedGitLab.start().on(ENDPOINT, request -> Reply.status(204));
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
  private final Logger logger = (Logger) LoggerFactory.getLogger("audit");
  private final Lines lines = new Lines();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
    logger.setLevel(null);
    api.close();
    gitlab.close();
  }

  @Test
  void writesAndDeliversEverythingThatIsKnown() {
    try (AuditTrail audit = trail()) {
      audit.add(record("r-1"));
    }

    JsonElement expected =
        JsonParser.parseString(
            """
            {"request_id":"r-1","time":"2026-01-02T03:04:05Z","duration_ms":1500,"agent_id":5,
             "config_project_id":3,"credential":"ci_job","user_id":1,"username":"root","job_id":7,
             "ci_project_id":150,"identity":"gitlab:ci_job:7","method":"GET",
             "path":"/apis/apps/v1/namespaces/ns/deployments/d/scale","verb":"get",
             "api_group":"apps","api_version":"v1","resource":"deployments","subresource":"scale",
             "namespace":"ns","name":"d","status":200,"bytes_in":1,"bytes_out":2,"upgraded":false,
             "client_address":"192.0.2.1","user_agent":"kubectl"}
            """);
    assertThat(delivered()).containsExactly(expected);
    assertThat(gitlab.asked(ENDPOINT).getFirst().header("Gitlab-Kas-Api-Request")).isPresent();
    JsonObject line = JsonParser.parseString(lines.all.getFirst()).getAsJsonObject();
    assertThat(line.get("msg").getAsString()).isEqualTo("Kubernetes API request");
    expected
        .getAsJsonObject()
        .entrySet()
        .forEach(member -> {
          String name = member.getKey().equals("time") ? "request_time" : member.getKey();
          assertThat(line.get(name)).as(name).isEqualTo(member.getValue());
        });
  }

  @Test
  @Tag("fault-20")
  void leavesOutWhatARefusedRequestDoesNotKnowAndMarksTheProxy() {
    AuditRecord refused = refused("r-2", OptionalLong.of(5));
    try (AuditTrail audit = trail()) {
      audit.add(refused);
    }

    JsonObject record = delivered().getFirst().getAsJsonObject();
    assertThat(record.keySet())
        .doesNotContain(
            "config_project_id",
            "user_id",
            "username",
            "job_id",
            "identity",
            "status",
            "user_agent",
            "namespace",
            "api_group");
    assertThat(record.get("subresource").getAsString()).isEqualTo("proxy");
    assertThat(record.get("refusal").getAsString()).isEqualTo("Unauthorized");
  }

  @Test
  void cutsWhatClientsMakeLongAndTakesControlCharactersOut() {
    AuditRecord sample = record("r-3");
    AuditRecord hostile =
        new AuditRecord(
            "r-3",
            sample.time(),
            sample.duration(),
            sample.agentId(),
            sample.configProjectId(),
            sample.credential(),
            sample.caller(),
            sample.identity(),
            KubernetesRequest.of("GET", "/" + "x".repeat(100_000), name -> List.of()),
            sample.status(),
            0,
            0,
            false,
            Optional.empty(),
            "192.0.2.1",
            "a\u0000b\n{\"level\":\"error\"}" + "y".repeat(100_000));

    try (AuditTrail audit = trail()) {
      audit.add(hostile);
    }

    JsonObject record = delivered().getFirst().getAsJsonObject();
    assertThat(record.get("path").getAsString()).hasSize(AuditFields.MAX_PATH + 3);
    assertThat(record.get("user_agent").getAsString())
        .startsWith("a\ufffdb\ufffd{")
        .hasSize(AuditFields.MAX_TEXT + 3);
    assertThat(lines.all).hasSize(1);
    assertThat(lines.all.getFirst().strip()).doesNotContain("\n");
  }

  @Test
  void deliversInBatches() {
    try (AuditTrail audit = trail()) {
      for (int i = 0; i < 1200; i++) {
        audit.add(record("r-" + i));
      }
    }

    assertThat(delivered()).hasSize(1200);
    assertThat(lines.all).hasSize(1200);
    for (Asked asked : gitlab.asked(ENDPOINT)) {
      assertThat(records(asked).size()).isLessThanOrEqualTo(AuditDelivery.BATCH);
    }
  }

  @Test
  void sendsABatchAgainUntilGitLabTakesIt() {
    gitlab.on(ENDPOINT, request -> Reply.status(501));
    try (AuditTrail audit = trail()) {
      audit.add(record("r-1"));
      await().until(() -> gitlab.asked(ENDPOINT).size() >= 3);
      audit.add(record("r-2"));

      gitlab.on(ENDPOINT, request -> Reply.status(204));
      await().until(() -> ids(gitlab.asked(ENDPOINT).getLast()).contains("r-2"));
    }

    Set<String> all = new HashSet<>();
    gitlab.asked(ENDPOINT).forEach(asked -> all.addAll(ids(asked)));
    assertThat(all).containsExactlyInAnyOrder("r-1", "r-2");
    assertThat(metrics.auditDropped().labelValues("gitlab").get()).isZero();
  }

  @Test
  void leavesAGitLabWithoutTheEndpointAloneForAnHour() {
    gitlab.on(ENDPOINT, request -> Reply.status(404));
    try (AuditTrail audit = trail()) {
      audit.add(record("r-1"));
      await().until(() -> gitlab.asked(ENDPOINT).size() == 1);
      audit.add(record("r-2"));
      await().until(() -> lines.all.size() == 2);
      clock.advance(AuditDelivery.UNWANTED.minusSeconds(1));
      audit.add(record("r-3"));
      await().until(() -> lines.all.size() == 3);
      gitlab.on(ENDPOINT, request -> Reply.status(204));
    }
    assertThat(gitlab.asked(ENDPOINT)).hasSize(1);

    try (AuditTrail audit = trail()) {
      audit.add(record("r-4"));
    }
    assertThat(ids(gitlab.asked(ENDPOINT).getLast())).containsExactly("r-4");
  }

  @Test
  void asksAgainWhenTheHourIsOver() {
    gitlab.on(ENDPOINT, request -> Reply.status(404));
    try (AuditTrail audit = trail()) {
      audit.add(record("r-1"));
      await().until(() -> gitlab.asked(ENDPOINT).size() == 1);
      gitlab.on(ENDPOINT, request -> Reply.status(204));

      await()
          .until(() -> {
            clock.advance(AuditDelivery.UNWANTED);
            audit.add(record("r-2"));
            return gitlab.asked(ENDPOINT).size() == 2;
          });
    }
  }

  @Test
  void losesOnlyTheRecordThatGitLabCallsWrong() {
    gitlab.on(ENDPOINT, request -> Reply.status(ids(request).contains("r-bad") ? 422 : 204));
    try (AuditTrail audit = trail()) {
      for (int i = 0; i < 100; i++) {
        audit.add(record(i == 42 ? "r-bad" : "r-" + i));
      }
    }

    Set<String> taken = new HashSet<>();
    gitlab.asked(ENDPOINT).stream()
        .map(AuditTrailTest::ids)
        .filter(ids -> !ids.contains("r-bad"))
        .forEach(taken::addAll);
    assertThat(taken).hasSize(99);
    assertThat(metrics.auditDropped().labelValues("gitlab").get()).isEqualTo(1);
    assertThat(lines.all).hasSize(100);
  }

  @Test
  void keepsToItselfWhatNoAgentIsNamedIn() {
    try (AuditTrail audit = trail()) {
      audit.add(refused("r-1", OptionalLong.of(-1)));
      audit.add(refused("r-2", OptionalLong.empty()));
      audit.add(refused("r-3", OptionalLong.of(5)));
    }

    assertThat(gitlab.asked(ENDPOINT)).hasSize(1);
    assertThat(ids(gitlab.asked(ENDPOINT).getFirst())).containsExactly("r-3");
    assertThat(lines.all).hasSize(3);
  }

  @Test
  void leavesRoomForKnownCallersWhenStrangersSendTooMuch() {
    CountDownLatch release = new CountDownLatch(1);
    gitlab.on(
        ENDPOINT,
        request -> {
          release.await();
          return Reply.status(204);
        });
    int half = AuditDelivery.MAX_WAITING / 2;
    try (AuditTrail audit = trail()) {
      for (int i = 0; i < half + 2 * AuditDelivery.BATCH; i++) {
        audit.add(refused("stranger-" + i, OptionalLong.of(5)));
        if (i % 1000 == 0) {
          int written = i + 1;
          await().until(() -> lines.all.size() == written);
        }
      }
      await().until(() -> metrics.auditDropped().labelValues("gitlab").get() > 0);

      audit.add(record("known"));

      await().until(() -> lines.all.getLast().contains("known"));
      release.countDown();
    }
    assertThat(
            gitlab.asked(ENDPOINT).stream()
                .flatMap(asked -> ids(asked).stream())
                .filter("known"::equals))
        .hasSize(1);
  }

  @Test
  void neverBlocksWhoAddsAndCountsWhatIsTooMuch() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    gitlab.on(
        ENDPOINT,
        request -> {
          release.await();
          return Reply.status(204);
        });
    int all = AuditDelivery.MAX_WAITING + AuditDelivery.BATCH + 2_000;
    try (AuditTrail audit = trail()) {
      for (int i = 0; i < all; i++) {
        audit.add(record("r-" + i));
        if (i % 1000 == 0) {
          int written = i + 1;
          await().until(() -> lines.all.size() == written);
        }
      }
      await().until(() -> lines.all.size() == all);

      double dropped = metrics.auditDropped().labelValues("gitlab").get();

      assertThat(dropped).isBetween(2_000.0, 2_000.0 + AuditDelivery.BATCH);
      assertThat(metrics.auditDropped().labelValues("log").get()).isZero();
      release.countDown();
    }
    assertThat(delivered().size() + metrics.auditDropped().labelValues("gitlab").get())
        .isEqualTo(all);
  }

  private AuditTrail trail() {
    return new AuditTrail(api, metrics.auditDropped(), FAST, clock, new Random(1));
  }

  private List<JsonElement> delivered() {
    return gitlab.asked(ENDPOINT).stream()
        .flatMap(asked -> records(asked).asList().stream())
        .toList();
  }

  private static JsonArray records(Asked asked) {
    return JsonParser.parseString(asked.body()).getAsJsonObject().getAsJsonArray("records");
  }

  private static List<String> ids(Asked asked) {
    return records(asked).asList().stream()
        .map(record -> record.getAsJsonObject().get("request_id").getAsString())
        .toList();
  }

  private static AuditRecord refused(String id, OptionalLong agentId) {
    return new AuditRecord(
        id,
        Instant.EPOCH,
        Duration.ZERO,
        agentId,
        OptionalLong.empty(),
        Optional.of(Caller.Kind.PERSONAL_ACCESS_TOKEN),
        Optional.empty(),
        Optional.empty(),
        KubernetesRequest.of("GET", "/api/v1/nodes/n/proxy/logs", name -> List.of()),
        OptionalInt.empty(),
        0,
        0,
        false,
        Optional.of("Unauthorized"),
        "192.0.2.1",
        "");
  }

  private static AuditRecord record(String id) {
    return new AuditRecord(
        id,
        Instant.parse("2026-01-02T03:04:05Z"),
        Duration.ofMillis(1500),
        OptionalLong.of(5),
        OptionalLong.of(3),
        Optional.of(Caller.Kind.CI_JOB),
        Optional.of(
            new Caller(Caller.Kind.CI_JOB, 1, "root", OptionalLong.of(7), OptionalLong.of(150))),
        Optional.of("gitlab:ci_job:7"),
        KubernetesRequest.of(
            "GET", "/apis/apps/v1/namespaces/ns/deployments/d/scale", name -> List.of()),
        OptionalInt.of(200),
        1,
        2,
        false,
        Optional.empty(),
        "192.0.2.1",
        "kubectl");
  }

  /** Lines as the log has them. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final JsonLines format = new JsonLines();
    private final List<String> all = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected void append(ILoggingEvent event) {
      all.add(new String(format.encode(event), StandardCharsets.UTF_8));
    }
  }
}
