package io.mooring.gitlab.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.Replica;
import io.mooring.gitlab.configuration.Alerts;
import io.mooring.gitlab.configuration.Webhooks;
import io.mooring.gitlab.http.Json;
import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import io.mooring.testkit.process.SparePort;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Webhooks against a real receiver. */
@RealPostgres
class WebhookTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String FAILED =
      "\"sync_finished\":{\"project_id\":\"a/b\",\"commit_id\":\"%s\",\"outcome\":\"FAILED\",\"message\":\"1 failed\"}";
  private static final String SUCCEEDED =
      "\"sync_finished\":{\"project_id\":\"a/b\",\"commit_id\":\"c9\",\"outcome\":\"SUCCEEDED\"}";

  @TempDir Path directory;
  private Receiver receiver;

  @BeforeEach
  void receive() throws Exception {
    receiver = new Receiver();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void tellsWhatHappensToAgentsSignedAndOnce(PostgresDatabase database) throws Exception {
    try (Replica gitlab = start(database);
        Replica other = start(database);
        var kas = new FakeKas(gitlab.kasSecret(), 0)) {
      gitlab.application().connectKas(kas.url());
      other.application().connectKas(kas.url());
      Api root = gitlab.root();
      long project = gitlab.project();
      String hooks = "/api/v4/projects/" + project + "/hooks";
      JsonNode hook =
          root.post(hooks, "url", receiver.url("/hook"), "token", "shared", "name", "ops")
              .expect(201)
              .json();
      long agent = agent(gitlab, project);

      gitlab.report(
          agent,
          "\"configuration_rejected\":{\"commit_id\":\"c1\",\"problems\":[{\"file\":\"config.yaml\",\"line\":1,\"message\":\"m\"}]}");
      Receiver.Call refused = receiver.next();
      gitlab.report(agent, FAILED.formatted("c2"));
      Receiver.Call failed = receiver.next();
      gitlab.report(agent, FAILED.formatted("c2"));
      gitlab.report(agent, SUCCEEDED);
      Receiver.Call recovered = receiver.next();
      kas.connect(agent);
      gitlab.report(agent, "\"agent_disconnected\":{}");
      Receiver.Call lost = receiver.next();
      kas.connect(agent, "v16.5.0");
      gitlab.report(agent, "\"agent_connected\":{}");
      Receiver.Call returned = receiver.next();

      assertThat(List.of(refused, failed, recovered, lost, returned))
          .extracting(
              call -> call.header("X-Gitlab-Event"),
              call -> Json.MAPPER.readTree(call.body()).path("event_name").asString())
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(
                  "Agent Configuration Hook", "configuration_refused"),
              org.assertj.core.groups.Tuple.tuple("Agent Sync Hook", "sync_failed"),
              org.assertj.core.groups.Tuple.tuple("Agent Sync Hook", "sync_recovered"),
              org.assertj.core.groups.Tuple.tuple("Agent Presence Hook", "agent_lost"),
              org.assertj.core.groups.Tuple.tuple("Agent Presence Hook", "agent_returned"));
      JsonNode body = Json.MAPPER.readTree(lost.body());
      assertThat(body.path("agent").path("id").asLong()).isEqualTo(agent);
      assertThat(body.path("project").path("id").asLong()).isEqualTo(project);
      assertThat(body.path("details").path("reason").asString()).isEqualTo("disconnected");
      assertThat(lost.header("X-Gitlab-Token")).isEqualTo("shared");
      assertThat(lost.header("X-Gitlab-Webhook-UUID")).isEqualTo(hook.path("uuid").asString());
      assertThat(lost.header("X-Gitlab-Instance"))
          .isIn(gitlab.application().url().toString(), other.application().url().toString());
      assertThat(lost.header("Idempotency-Key")).isEqualTo(lost.header("webhook-id")).isNotEmpty();
      assertThat(lost.header("webhook-signature"))
          .isEqualTo(signature(hook.path("signing_secret").asString(), lost));
      assertThat(receiver.waiting()).isZero();
    }
  }

  @Test
  void tellsOnceOfARefusedCommitAndOnceOfItsEnd(PostgresDatabase database) throws Exception {
    try (Replica gitlab = start(database)) {
      long project = gitlab.project();
      gitlab
          .root()
          .post("/api/v4/projects/" + project + "/hooks", "url", receiver.url("/"))
          .expect(201);
      long agent = agent(gitlab, project);
      String source =
          "\"source_state\":{\"project_id\":\"g/p\",\"commit_id\":\"c1\",\"refusal\":\"%s\"}";

      gitlab.report(agent, source.formatted("NOT_FOUND: no such folder"));
      Receiver.Call refused = receiver.next();
      gitlab.report(agent, source.formatted("NOT_FOUND: no such folder"));
      gitlab.report(agent, SUCCEEDED);
      gitlab.report(agent, source.formatted(""));
      Receiver.Call delivered = receiver.next();

      assertThat(List.of(refused, delivered))
          .extracting(call -> Json.MAPPER.readTree(call.body()))
          .extracting(
              body -> body.path("event_name").asString(),
              body -> body.path("details").path("outcome").asString())
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("sync_failed", "refused"),
              org.assertj.core.groups.Tuple.tuple("sync_recovered", "delivered"));
      assertThat(receiver.waiting()).isZero();
    }
  }

  @Test
  void triesAgainWithTheSameKeyRestsAndGivesUp(PostgresDatabase database) throws Exception {
    try (Replica gitlab = start(database)) {
      Api root = gitlab.root();
      long project = gitlab.project();
      String hooks = "/api/v4/projects/" + project + "/hooks";
      long hook = root.post(hooks, "url", receiver.url("/")).expect(201).id();
      long agent = agent(gitlab, project);
      receiver.answerWith(503);

      gitlab.report(agent, FAILED.formatted("c1"));
      String key = receiver.next().header("Idempotency-Key");
      for (int attempt = 2; attempt <= 10; attempt++) {
        int before = attempt - 1;
        await().atMost(LIMIT).until(() -> attempts(gitlab, hook) == before);
        hurry(gitlab);
        assertThat(receiver.next().header("Idempotency-Key")).isEqualTo(key);
      }
      await().atMost(LIMIT).until(() -> attempts(gitlab, hook) == 10);
      JsonNode resting = root.get(hooks + "/" + hook).json();
      JsonNode event = root.get(hooks + "/" + hook + "/events").json().get(0);
      gitlab.sql("update webhooks set failures = 39");
      root.post(hooks + "/" + hook + "/test/agent_sync_events", "").expect(422);
      JsonNode disabled = root.get(hooks + "/" + hook).json();
      JsonNode tested = root.get(hooks + "/" + hook + "/events").json().get(0);
      gitlab.report(agent, FAILED.formatted("c2"));
      String stored =
          gitlab.sql("select count(*) from webhook_deliveries where webhook_id = " + hook);
      receiver.answerWith(204);
      root.post(hooks + "/" + hook + "/test/agent_sync_events", "").expect(201);

      assertThat(resting.path("alert_status").asString()).isEqualTo("temporarily_disabled");
      assertThat(resting.path("disabled_until").asString()).isNotEmpty();
      assertThat(event.path("response_status").asString()).isEqualTo("503");
      assertThat(event.path("response_body").asString()).isEqualTo("answer <b>of</b> the receiver");
      assertThat(event.path("attempts").asInt()).isEqualTo(10);
      assertThat(event.path("next_attempt_at").isNull()).isTrue();
      assertThat(tested.path("attempts").asInt()).isEqualTo(1);
      assertThat(tested.path("next_attempt_at").isNull()).isTrue();
      assertThat(disabled.path("alert_status").asString()).isEqualTo("disabled");
      assertThat(stored).isEqualTo("2");
      assertThat(root.get(hooks + "/" + hook).json().path("alert_status").asString())
          .isEqualTo("executable");
    }
  }

  @Test
  void followsNoRedirectAndWaitsForNobodyForLong(PostgresDatabase database) throws Exception {
    try (Replica gitlab = start(database);
        var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Api root = gitlab.root();
      String hooks = "/api/v4/projects/" + gitlab.project() + "/hooks";
      long redirected = root.post(hooks, "url", receiver.url("/first")).expect(201).id();
      long waiting =
          root.post(hooks, "url", "http://127.0.0.1:" + silent.getLocalPort()).expect(201).id();
      receiver.answerWith(302);

      Api.Answer redirect = root.post(hooks + "/" + redirected + "/test/agent_sync_events", "");
      Api.Answer late = root.post(hooks + "/" + waiting + "/test/agent_sync_events", "");

      assertThat(redirect.expect(422).body()).contains("the receiver answered 302");
      assertThat(receiver.next().path()).isEqualTo("/first");
      assertThat(receiver.waiting()).isZero();
      assertThat(late.expect(422).body()).contains("no answer within 10 seconds");
    }
  }

  @Test
  void callsNobodyWhomTheOperatorDidNotAllow(PostgresDatabase database) throws Exception {
    try (Replica gitlab = Replica.start(database, directory, settings -> settings)) {
      Api root = gitlab.root();
      String hooks = "/api/v4/projects/" + gitlab.project() + "/hooks";
      for (String host : List.of("127.0.0.1", "localhost", "[::1]", "2130706433")) {
        long hook =
            root.post(hooks, "url", "http://" + host + ":" + receiver.port() + "/")
                .expect(201)
                .id();

        String answer =
            root.post(hooks + "/" + hook + "/test/agent_sync_events", "").expect(422).body();

        assertThat(answer).contains("no address that may be called");
      }
      assertThat(receiver.waiting()).isZero();
    }
  }

  @Test
  void tellsOfEveryProjectBelowAGroupAndNothingElse(PostgresDatabase database) throws Exception {
    try (Replica gitlab = start(database)) {
      Api root = gitlab.root();
      String name = GitLabUnderTest.unique("group");
      long group = root.post("/api/v4/groups", "name", name, "path", name).expect(201).id();
      long project = gitlab.project();
      long outside = gitlab.project();
      gitlab.sql("update projects set namespace_id = " + group + " where id = " + project);
      long hook =
          root.post(
                  "/api/v4/groups/" + group + "/hooks",
                  "url",
                  receiver.url("/group"),
                  "agent_presence_events",
                  false)
              .expect(201)
              .id();

      gitlab.report(agent(gitlab, outside), FAILED.formatted("c1"));
      long agent = agent(gitlab, project);
      gitlab.report(agent, FAILED.formatted("c1"));

      assertThat(Json.MAPPER.readTree(receiver.next().body()).path("agent").path("id").asLong())
          .isEqualTo(agent);
      assertThat(gitlab.sql("select count(*) from webhook_deliveries where webhook_id = " + hook))
          .isEqualTo("1");
    }
  }

  @Test
  void sendsAfterARestartWhatWasStoredBefore(PostgresDatabase database) throws Exception {
    int port = SparePort.find();
    try (Replica gitlab = start(database)) {
      long project = gitlab.project();
      long hook =
          gitlab
              .root()
              .post("/api/v4/projects/" + project + "/hooks", "url", "http://127.0.0.1:" + port)
              .expect(201)
              .id();
      gitlab.report(agent(gitlab, project), FAILED.formatted("c1"));
      await()
          .atMost(LIMIT)
          .until(() ->
              gitlab
                  .sql("select max(problem) from webhook_deliveries where webhook_id = " + hook)
                  .contains("refused"));
      gitlab.sql("update webhooks set url = '" + receiver.url("/later") + "' where id = " + hook);
    }

    try (Replica gitlab = start(database)) {
      hurry(gitlab);
      assertThat(receiver.next().path()).isEqualTo("/later");
    }
  }

  @Test
  void showsNoSecretAgainAndStoresNoneInTheClear(PostgresDatabase database) {
    try (Replica gitlab = start(database)) {
      Api root = gitlab.root();
      String hooks = "/api/v4/projects/" + gitlab.project() + "/hooks";
      JsonNode made =
          root.post(hooks, "url", receiver.url("/"), "token", "canary-of-the-token")
              .expect(201)
              .json();
      String secret = made.path("signing_secret").asString();
      String one = hooks + "/" + made.path("id").asLong();
      String renewed =
          root.put(one, "{\"renew_signing_secret\":true}")
              .expect(200)
              .json()
              .path("signing_secret")
              .asString();

      String shown =
          root.get(one).body() + root.get(hooks).body() + root.get(one + "/events").body();
      String stored = gitlab.sql("select string_agg(w::text, '') from webhooks w");

      assertThat(shown).doesNotContain("canary", "whsec_", "signing_secret");
      assertThat(stored).isNotEmpty();
      String hex = java.util.HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
      assertThat(stored).doesNotContain("canary", "whsec_", hex);
      assertThat(renewed).startsWith("whsec_").isNotEqualTo(secret);
    }
  }

  @Test
  void saysWhatIsWrongAndWritesDownWhatIsChanged(PostgresDatabase database) {
    try (Replica gitlab = start(database)) {
      Api root = gitlab.root();
      long project = gitlab.project();
      String hooks = "/api/v4/projects/" + project + "/hooks";
      for (String url :
          List.of(
              "", "ftp://x.example", "http://", "/hook", "https://a:b@x.example", "https://x y")) {
        assertThat(root.post(hooks, "url", url).expect(400).body()).contains("url is invalid");
      }
      root.post(hooks, "url", "https://x.example", "enable_ssl_verification", false).expect(400);
      root.post(hooks, "url", "https://x.example", "token", "a\nb").expect(400);

      long id = root.post(hooks, "url", "https://x.example/key").expect(201).id();
      root.put(hooks + "/" + id, "{\"name\":\"n\",\"agent_sync_events\":false}").expect(200);
      JsonNode changed = root.get(hooks + "/" + id).json();
      root.delete(hooks + "/" + id).expect(204);
      root.get(hooks + "/" + id).expect(404);

      assertThat(changed.path("name").asString()).isEqualTo("n");
      assertThat(changed.path("agent_sync_events").asBoolean()).isFalse();
      assertThat(changed.path("agent_presence_events").asBoolean()).isTrue();
      assertThat(
              gitlab.sql(
                  "select string_agg(name || details, ' ' order by id) from audit_events where name like 'webhook%' and entity_id = "
                      + project))
          .isEqualTo(
              "webhook_created{\"host\": \"x.example\"} webhook_updated{\"host\": \"x.example\"} webhook_deleted{\"host\": \"x.example\"}");
    }
  }

  @Test
  void keepsTheLastDeliveriesForAsLongAsItIsTold(PostgresDatabase database) {
    try (Replica gitlab = start(database)) {
      Api root = gitlab.root();
      String hooks = "/api/v4/projects/" + gitlab.project() + "/hooks";
      long hook = root.post(hooks, "url", receiver.url("/")).expect(201).id();
      gitlab.sql(
          "insert into webhook_deliveries (webhook_id, event, event_uuid, body, created_at)"
              + " select "
              + hook
              + ", 'e', gen_random_uuid(), '{}', now() - interval '8 days' * (n % 2) from generate_series(1, 1100) n");

      root.post(hooks + "/" + hook + "/test/agent_sync_events", "").expect(201);
      String kept =
          gitlab.sql("select count(*) from webhook_deliveries where webhook_id = " + hook);
      gitlab.bean(Deliveries.class).forgetOld();

      assertThat(kept).isEqualTo("1000");
      assertThat(
              gitlab.sql(
                  "select min(created_at) > now() - interval '1 day' from webhook_deliveries where webhook_id = "
                      + hook))
          .isEqualTo("t");
    }
  }

  private Replica start(PostgresDatabase database) {
    return Replica.start(
        database,
        directory,
        settings ->
            settings
                .withAlerts(
                    new Alerts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofHours(1)))
                .withWebhooks(new Webhooks(List.of("127.0.0.0/8"), 7)));
  }

  private static long agent(Replica gitlab, long project) {
    String agents = "/api/v4/projects/" + project + "/cluster_agents";
    Api root = gitlab.root();
    long agent = root.post(agents, "name", GitLabUnderTest.unique("agent-")).expect(201).id();
    gitlab.report(agent, "\"agent_connected\":{}");
    return agent;
  }

  private static int attempts(Replica gitlab, long hook) {
    // Noted attempts only: while one runs, its lease has no time of an attempt yet.
    return Integer.parseInt(gitlab.sql("select failures from webhooks where id = " + hook));
  }

  /** What would be due later is due now. */
  private static void hurry(Replica gitlab) {
    gitlab.sql("update webhooks set disabled_until = null");
    gitlab.sql(
        "update webhook_deliveries set next_attempt_at = now() where next_attempt_at is not null");
  }

  private static String signature(String secret, Receiver.Call call) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
    String timestamp = call.header("webhook-timestamp");
    assertThat(Instant.ofEpochSecond(Long.parseLong(timestamp)))
        .isAfter(Instant.parse("2025-01-01T00:00:00Z"));
    String signed = call.header("webhook-id") + "." + timestamp + "." + call.body();
    return "v1,"
        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }
}
