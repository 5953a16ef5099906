package io.mooring.gitlab.cable;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.http.Json;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@ExtendWith(GitLabUnderTest.class)
class CableTest {
  private static String agents(long project) {
    return "{\"channel\":\"AgentsChannel\",\"project_id\":" + project + "}";
  }

  private static String agent(long agent) {
    return "{\"channel\":\"AgentChannel\",\"agent_id\":" + agent + "}";
  }

  private static URI base(Running gitlab) {
    return gitlab.application().url();
  }

  private static CableClient connect(Running gitlab, Api api) {
    CableClient client = CableClient.connect(base(gitlab), CableClient.token(api));
    assertThat(client.next().toString()).isEqualTo("{\"type\":\"welcome\"}");
    return client;
  }

  private static Map<String, String> cookie(Browser browser) {
    return Map.of("Cookie", "_gitlab_session=" + browser.cookie());
  }

  @Test
  void welcomesAndPingsWhoeverConnectsFromAPageOfOurs(Running gitlab) {
    try (CableClient client = CableClient.connect(base(gitlab), Map.of())) {
      assertThat(client.protocol()).isEqualTo("actioncable-v1-json");
      assertThat(client.next().toString()).isEqualTo("{\"type\":\"welcome\"}");

      JsonNode ping = client.next(frame -> frame.path("type").asString("").equals("ping"));

      assertThat(ping.size()).isEqualTo(2);
      assertThat(ping.path("message").isIntegralNumber()).isTrue();
      assertThat(Instant.ofEpochSecond(ping.path("message").asLong()))
          .isBetween(Instant.now().minusSeconds(10), Instant.now().plusSeconds(1));
    }
  }

  @Test
  void takesTheFirstSubProtocolItKnowsOrNone(Running gitlab) {
    Map<String, String> origin = Map.of("Origin", base(gitlab).toString());
    try (var custom =
            CableClient.connect(base(gitlab), origin, List.of("x", "actioncable-unsupported"));
        var none = CableClient.connect(base(gitlab), origin, List.of())) {
      assertThat(custom.protocol()).isEqualTo("actioncable-unsupported");
      assertThat(none.protocol()).isEmpty();
      assertThat(none.next().path("type").asString()).isEqualTo("welcome");
    }
  }

  @Test
  void isNotFoundByOtherPagesNorWithoutAnUpgrade(Running gitlab) {
    assertThat(CableClient.refusal(base(gitlab), Map.of())).isEqualTo(404);
    assertThat(CableClient.refusal(base(gitlab), Map.of("Origin", "https://evil.example.com")))
        .isEqualTo(404);
    assertThat(CableClient.refusal(base(gitlab), Map.of("Origin", "null"))).isEqualTo(404);

    Api.Answer plain = gitlab.anonymous().get("/-/cable").expect(404);

    assertThat(plain.body()).isEqualTo("Page not found");
    assertThat(plain.header("Content-Type")).startsWith("text/plain");
  }

  @Test
  void takesTheSchemeOfTheOriginFromAProxy(Running gitlab) {
    Map<String, String> headers =
        Map.of(
            "Origin",
            base(gitlab).toString().replace("http:", "https:"),
            "X-Forwarded-Proto",
            "https");
    try (var client = CableClient.connect(base(gitlab), headers, List.of())) {
      assertThat(client.next().path("type").asString()).isEqualTo("welcome");
    }
  }

  @Test
  void sendsMessagesUnderTheIdentifierAsItCame(Running gitlab) {
    long project = gitlab.newProject("private");
    String odd =
        "{ \"project_id\" : \"" + project + "\",\"x\":\"\\u00e9/\",\"channel\":\"AgentsChannel\"}";
    try (CableClient client = connect(gitlab, gitlab.root())) {
      client.subscribe(odd);
      JsonNode confirmation = client.next();
      assertThat(confirmation.path("type").asString()).isEqualTo("confirm_subscription");
      assertThat(confirmation.path("identifier").asString()).isEqualTo(odd);
      assertThat(confirmation.size()).isEqualTo(2);

      long agent = gitlab.newAgent(project);

      JsonNode message = client.next();
      assertThat(message.size()).isEqualTo(2);
      assertThat(message.path("identifier").asString()).isEqualTo(odd);
      assertThat(message.path("message").path("type").asString()).isEqualTo("agent_created");
      assertThat(message.path("message").path("agent_id").asLong()).isEqualTo(agent);
      assertThat(Instant.parse(message.path("message").path("at").asString())).isNotNull();
      assertThat(message.path("message").path("data").path("name").asString()).isNotEmpty();
    }
  }

  @Test
  void confirmsOnceHoweverOftenAPageSubscribes(Running gitlab) {
    long project = gitlab.newProject("private");
    try (CableClient client = connect(gitlab, gitlab.root())) {
      IntStream.range(0, 5).forEach(i -> client.subscribe(agents(project)));
      client.subscribe(agents(0));

      assertThat(client.next().path("type").asString()).isEqualTo("confirm_subscription");
      assertThat(client.next().path("type").asString()).isEqualTo("reject_subscription");

      gitlab.newAgent(project);
      assertThat(client.next().path("message").path("type").asString()).isEqualTo("agent_created");
      gitlab.newAgent(project);
      assertThat(client.next().path("message").path("type").asString()).isEqualTo("agent_created");
      assertThat(client.pending()).isEmpty();
    }
  }

  @Test
  void sendsNothingAfterUnsubscribing(Running gitlab) {
    long project = gitlab.newProject("private");
    try (CableClient client = connect(gitlab, gitlab.root())) {
      client.subscribe(agents(project));
      client.next();

      client.unsubscribe(agents(project)).subscribe(agents(0));
      assertThat(client.next().path("type").asString()).isEqualTo("reject_subscription");
      gitlab.newAgent(project);
      client.subscribe(agents(project));

      assertThat(client.next().path("type").asString()).isEqualTo("confirm_subscription");
    }
  }

  @Test
  void rejectsWhoMayNotSeeAndDoesNotSayWhatThereIs(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person reporter = gitlab.newMember(project, 20);
    try (CableClient client = connect(gitlab, reporter.api());
        CableClient nobody = CableClient.connect(base(gitlab), Map.of())) {
      for (String identifier : List.of(agents(project), agent(agent), agents(999_999_999))) {
        client.subscribe(identifier);
        JsonNode rejection = client.next();
        assertThat(rejection.path("type").asString()).isEqualTo("reject_subscription");
        assertThat(rejection.path("identifier").asString()).isEqualTo(identifier);
      }
      client.subscribe("{\"channel\":\"ProjectChannel\",\"project_id\":" + project + "}");
      assertThat(client.next().path("type").asString()).isEqualTo("confirm_subscription");

      nobody.next();
      nobody.subscribe(agents(project));
      assertThat(nobody.next().path("type").asString()).isEqualTo("reject_subscription");
    }
  }

  @Test
  void staysSilentAboutWhatItDoesNotUnderstand(Running gitlab) {
    try (CableClient client = connect(gitlab, gitlab.root())) {
      client
          .send("no json")
          .send("[]")
          .send("{\"command\":\"fly\"}")
          .send("{\"command\":\"subscribe\"}")
          .subscribe("no json")
          .subscribe("{\"channel\":\"NoSuchChannel\"}")
          .subscribe("{\"channel\":\"" + "x".repeat(5000) + "\"}")
          .unsubscribe(agents(1))
          .send("{\"command\":\"message\",\"identifier\":\"{}\",\"data\":\"{}\"}")
          .subscribe(agents(0));

      assertThat(client.next().path("type").asString()).isEqualTo("reject_subscription");
    }
  }

  @Test
  void endsAConnectionWhoseTokenIsWorthNothing(Running gitlab) {
    try (CableClient client =
        CableClient.connect(base(gitlab), Map.of("PRIVATE-TOKEN", "glpat-none"))) {
      assertThat(client.next().toString())
          .isEqualTo("{\"type\":\"disconnect\",\"reason\":\"unauthorized\",\"reconnect\":false}");
      assertThat(client.closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void endsAConnectionThatSendsTooMuchOrBinary(Running gitlab) {
    String refusal = "{\"type\":\"disconnect\",\"reason\":\"invalid_request\",\"reconnect\":true}";
    try (CableClient large = connect(gitlab, gitlab.root());
        CableClient binary = connect(gitlab, gitlab.root())) {
      large.send("{\"command\":\"" + "x".repeat(Socket.MAX_MESSAGE) + "\"}");
      binary.open().sendBinary(ByteBuffer.allocate(3), true).join();

      assertThat(large.next().toString()).isEqualTo(refusal);
      assertThat(binary.next().toString()).isEqualTo(refusal);
      assertThat(large.closeCode()).isEqualTo(1000);
      assertThat(binary.closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void takesALongCommandInParts(Running gitlab) {
    String identifier =
        "{\"channel\":\"AgentsChannel\",\"project_id\":0,\"x\":\"" + "é".repeat(3000) + "\"}";
    try (CableClient client = connect(gitlab, gitlab.root())) {
      client.subscribe(identifier);

      assertThat(client.next().path("identifier").asString()).isEqualTo(identifier);
    }
  }

  @Test
  void takesOnlySoManySubscriptionsOfOnePage(Running gitlab) {
    long project = gitlab.newProject("private");
    try (CableClient client = connect(gitlab, gitlab.root())) {
      for (int i = 0; i <= Connection.MAX_SUBSCRIPTIONS; i++) {
        client.subscribe(
            "{\"channel\":\"AgentsChannel\",\"project_id\":" + project + ",\"n\":" + i + "}");
        assertThat(client.next().path("type").asString())
            .isEqualTo(
                i < Connection.MAX_SUBSCRIPTIONS ? "confirm_subscription" : "reject_subscription");
      }
    }
  }

  @Test
  void stopsAtOnceWhenSomebodyIsNoMemberAnyMore(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person developer = gitlab.newMember(project, 30);
    try (CableClient client = connect(gitlab, developer.api())) {
      client.subscribe(agents(project)).subscribe(agent(agent));
      client.next();
      client.next();

      gitlab
          .root()
          .delete("/api/v4/projects/" + project + "/members/" + developer.id())
          .expect(204);

      assertThat(List.of(client.next(), client.next()))
          .allMatch(frame -> frame.path("type").asString().equals("reject_subscription"));
      gitlab.newAgentToken(project, agent);
      client.subscribe(agents(0));
      assertThat(client.next().path("identifier").asString()).isEqualTo(agents(0));
    }
  }

  @Test
  void endsTheConnectionsOfASessionThatIsSignedOut(Running gitlab) {
    Person person = gitlab.newUser();
    Browser browser = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    Browser other = Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    try (CableClient client = CableClient.connect(base(gitlab), cookie(browser));
        CableClient stays = CableClient.connect(base(gitlab), cookie(other))) {
      client.next();
      stays.next();

      browser.api().post("/users/sign_out").expect(302);

      assertThat(client.next().toString())
          .isEqualTo("{\"type\":\"disconnect\",\"reason\":\"unauthorized\",\"reconnect\":false}");
      stays.subscribe(agents(0));
      assertThat(stays.next().path("type").asString()).isEqualTo("reject_subscription");
    }
  }

  @Test
  void endsTheConnectionsOfWhoIsBlocked(Running gitlab) {
    Person person = gitlab.newUser();
    try (CableClient client = connect(gitlab, person.api())) {
      gitlab.root().post("/api/v4/users/" + person.id() + "/block").expect(201);

      assertThat(client.next().path("reason").asString()).isEqualTo("unauthorized");
    }
  }

  @Test
  void endsTheConnectionsOfAUserWhenRailsWouldSaySo(Running gitlab) {
    Person person = gitlab.newUser();
    try (CableClient client = connect(gitlab, person.api())) {
      gitlab
          .bean(Broadcasts.class)
          .publish(
              Stream.ofConnections(person.id()),
              Json.MAPPER.readTree("{\"type\":\"disconnect\",\"reconnect\":false}"));

      assertThat(client.next().toString())
          .isEqualTo("{\"type\":\"disconnect\",\"reason\":\"remote\",\"reconnect\":false}");
    }
  }

  @Test
  void tellsWhatIsInATransactionOnlyAfterItsCommit(Running gitlab) {
    long project = gitlab.newProject("private");
    var broadcasts = gitlab.bean(Broadcasts.class);
    var transactions = gitlab.bean(TransactionTemplate.class);
    try (CableClient client = connect(gitlab, gitlab.root())) {
      client.subscribe(agents(project));
      client.next();

      transactions.executeWithoutResult(status -> {
        broadcasts.publish(Stream.ofAgents(project), Json.MAPPER.readTree("1"));
        status.setRollbackOnly();
      });
      transactions.executeWithoutResult(
          status -> broadcasts.publish(Stream.ofAgents(project), Json.MAPPER.readTree("2")));

      assertThat(client.next().path("message").asInt()).isEqualTo(2);
    }
  }

  @Test
  void tellsEverythingOfOneAgent(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    try (CableClient client = connect(gitlab, gitlab.root())) {
      client.subscribe(agent(agent));
      client.next();

      String token = gitlab.newAgentToken(project, agent);
      assertThat(List.of(type(client), type(client)))
          .containsExactlyInAnyOrder("activity", "token_created");
      gitlab.kas(token).get("/api/v4/internal/kubernetes/agent_info").expect(200);
      assertThat(List.of(type(client), type(client)))
          .containsExactlyInAnyOrder("activity", "token_used");
      gitlab
          .kas()
          .post(
              "/api/v4/internal/kubernetes/agent_reports",
              REPORT.replace("$agent", Long.toString(agent)))
          .expect(204);
      assertThat(IntStream.range(0, 8).mapToObj(i -> type(client)))
          .containsExactly(
              "configuration_applied",
              "configuration_rejected",
              "sync_started",
              "objects_changed",
              "sync_failed",
              "warning",
              "source_refused",
              "source_delivered");
    }
  }

  private static String type(CableClient client) {
    return client.next().path("message").path("type").asString();
  }

  private static final String REPORT =
      """
      {"agent_id":"$agent","events":[
        {"id":"1","time":"2026-01-01T00:00:00Z","configuration_applied":{"commit_id":"a"}},
        {"id":"2","time":"2026-01-01T00:00:01Z","configuration_rejected":{"commit_id":"b"}},
        {"id":"3","time":"2026-01-01T00:00:02Z","sync_started":{"project_id":"g/p","commit_id":"c"}},
        {"id":"4","time":"2026-01-01T00:00:03Z","object_states":{"project_id":"g/p","commit_id":"c","reset":true,
          "states":[{"object":{"kind":"Pod","name":"p"},"action":"CREATED","health":"CURRENT"}]}},
        {"id":"5","time":"2026-01-01T00:00:04Z","sync_finished":{"project_id":"g/p","commit_id":"c","outcome":"FAILED"}},
        {"id":"6","time":"2026-01-01T00:00:05Z","warning_event":{"project_id":"g/p","reason":"BackOff","count":1}},
        {"id":"7","time":"2026-01-01T00:00:06Z","source_state":{"project_id":"g/p","commit_id":"c","refusal":"NOT_FOUND: no such folder"}},
        {"id":"8","time":"2026-01-01T00:00:07Z","source_state":{"project_id":"g/p","commit_id":"c"}},
        {"id":"9","time":"2026-01-01T00:00:08Z","source_state":{"project_id":"g/p","commit_id":"c"}}]}\
      """;
}
