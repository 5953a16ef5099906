package io.mooring.gitlab.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.Replica;
import io.mooring.gitlab.broadcast.Bus;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.configuration.Alerts;
import io.mooring.gitlab.http.Json;
import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import io.mooring.testkit.process.SparePort;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Alerts as operators see them: real database, real applications, and a kas that is told what to
 * say.
 */
@RealPostgres
class AlertTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofHours(1);
  private static final String CONNECTED = "\"agent_connected\":{}";
  private static final String DISCONNECTED = "\"agent_disconnected\":{}";

  @TempDir Path directory;

  private record Watched(long project, long id, String path) {}

  @Test
  void raisesOneAlertForEachLostAgentHoweverManyReplicasWatchAndEndsItWhenItIsBack(
      PostgresDatabase database) {
    var times = new Alerts(SHORT, SHORT, LONG);
    try (Replica one = start(database, times);
        Replica two = start(database, times);
        var kas = new FakeKas(one.kasSecret(), 0)) {
      one.application().connectKas(kas.url());
      two.application().connectKas(kas.url());
      List<Watched> agents = new ArrayList<>();
      long project = one.project();
      for (int i = 0; i < 20; i++) {
        agents.add(agent(one, project, "agent-" + i));
      }
      BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
      for (Replica replica : List.of(one, two)) {
        replica
            .bean(Bus.class)
            .subscribe(Stream.ofAgents(project), json -> messages.add(Json.MAPPER.readTree(json)));
      }

      agents.forEach(agent -> {
        kas.connect(agent.id());
        one.report(agent.id(), DISCONNECTED);
        two.report(agent.id(), DISCONNECTED);
      });
      Api root = one.root();
      String alerts = "/api/v4/projects/" + project + "/cluster_agent_alerts";
      await()
          .atMost(LIMIT)
          .until(() -> root.get(alerts + "?status=open").header("X-Total").equals("20"));
      JsonNode alert = root.get(agents.getFirst().path() + "/alerts").json().get(0);
      agents.forEach(agent -> {
        kas.connect(agent.id(), "v16.5.0");
        one.report(agent.id(), CONNECTED);
      });
      await()
          .atMost(LIMIT)
          .until(() -> root.get(alerts + "?status=resolved").header("X-Total").equals("20"));

      assertThat(alert.path("agent_name").asString()).isEqualTo("agent-0");
      assertThat(alert.path("kind").asString()).isEqualTo("agent_lost");
      assertThat(alert.path("reason").asString()).isEqualTo("disconnected");
      assertThat(alert.path("resolved_at").isNull()).isTrue();
      assertThat(root.get(alerts).header("X-Total")).isEqualTo("20");
      assertThat(root.get(agents.getFirst().path() + "/activity_events").json().valueStream())
          .extracting(event -> event.path("kind").asString() + " " + event.path("level").asString())
          .containsExactly(
              "agent_returned info",
              "agent_lost warn",
              "agent_connected info",
              "token_created info");
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(messages)
                  .extracting(message -> message.path("type").asString())
                  .filteredOn(type -> type.startsWith("alert"))
                  .hasSize(40)
                  .containsOnly("alert_raised", "alert_resolved"));
    }
  }

  @Test
  void raisesNothingWhenKasRestartsAndItsAgentsConnectToAnother(PostgresDatabase database) {
    try (Replica gitlab = start(database, new Alerts(SHORT, SHORT, LONG));
        var kas = new FakeKas(gitlab.kasSecret(), 0)) {
      gitlab.application().connectKas(kas.url());
      Watched agent = agent(gitlab, gitlab.project(), "mobile");
      kas.connect(agent.id(), "v16.5.0");

      gitlab.report(agent.id(), CONNECTED);
      gitlab.report(agent.id(), DISCONNECTED);
      assertThat(state(gitlab, agent)).isEqualTo("leaving");
      await().atMost(LIMIT).until(() -> state(gitlab, agent).equals("present"));

      assertThat(gitlab.root().get(agent.path() + "/alerts").expect(200).json()).isEmpty();
    }
  }

  @Test
  void raisesTheAlertAfterARestartOfTheApplication(PostgresDatabase database) {
    Watched agent;
    int port = SparePort.find();
    try (Replica gitlab = start(database, new Alerts(Duration.ofSeconds(5), SHORT, LONG));
        var kas = new FakeKas(gitlab.kasSecret(), port)) {
      gitlab.application().connectKas(kas.url());
      agent = agent(gitlab, gitlab.project(), "patient");
      kas.connect(agent.id());
      gitlab.report(agent.id(), DISCONNECTED);
    }

    try (Replica gitlab = start(database, new Alerts(Duration.ofSeconds(5), SHORT, LONG));
        var kas = new FakeKas(gitlab.kasSecret(), port)) {
      kas.connect(agent.id());
      gitlab.application().connectKas(kas.url());
      await().atMost(LIMIT).until(() -> alerts(gitlab, agent) == 1);
    }
  }

  @Test
  void losesAgentsThatFellSilentWithTheirKas(PostgresDatabase database) {
    try (Replica gitlab = start(database, new Alerts(SHORT, SHORT, Duration.ofSeconds(2)))) {
      gitlab.application().connectKas(URI.create("grpc://127.0.0.1:" + SparePort.find()));
      Watched agent = agent(gitlab, gitlab.project(), "silent");

      await().atMost(LIMIT).until(() -> alerts(gitlab, agent) == 1);

      assertThat(
              gitlab.root().get(agent.path() + "/alerts").json().get(0).path("reason").asString())
          .isEqualTo("silent");
    }
  }

  @Test
  void beginsToListenAnewAfterNobodyDid(PostgresDatabase database) {
    try (Replica gitlab = start(database, Alerts.DEFAULT)) {
      Presences presences = gitlab.bean(Presences.class);
      var later = java.time.Instant.parse("2040-01-01T00:00:00Z");

      var first = presences.listen(later, SHORT, Duration.ofMinutes(1));
      var going = presences.listen(later.plusSeconds(30), SHORT, Duration.ofMinutes(1));
      var after = presences.listen(later.plusSeconds(600), SHORT, Duration.ofMinutes(1));

      assertThat(first).isEqualTo(later);
      assertThat(going).isEqualTo(later);
      assertThat(after).isEqualTo(later.plusSeconds(600));
    }
  }

  private Replica start(PostgresDatabase database, Alerts times) {
    return Replica.start(database, directory, settings -> settings.withAlerts(times));
  }

  /** An agent that was heard of. */
  private static Watched agent(Replica gitlab, long project, String name) {
    Api root = gitlab.root();
    String agents = "/api/v4/projects/" + project + "/cluster_agents";
    long id = root.post(agents, "name", name).expect(201).id();
    String token =
        root.post(agents + "/" + id + "/tokens", "name", "t")
            .expect(201)
            .json()
            .path("token")
            .asString();
    gitlab
        .kas()
        .with("Authorization", "Bearer " + token)
        .get("/api/v4/internal/kubernetes/agent_info")
        .expect(200);
    return new Watched(project, id, agents + "/" + id);
  }

  private static String state(Replica gitlab, Watched agent) {
    return gitlab.sql("select state from agent_presences where agent_id = " + agent.id());
  }

  private static int alerts(Replica gitlab, Watched agent) {
    return Integer.parseInt(
        gitlab.sql("select count(*) from agent_alerts where agent_id = " + agent.id()));
  }
}
