package io.mooring.gitlab.internalapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(GitLabUnderTest.class)
class AgentReportTest {
  private static final String PATH = "/api/v4/internal/kubernetes/agent_reports";
  private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

  private record Setup(long project, long agent) {}

  @Test
  void showsNothingOfAnAgentThatNeverReported(Running gitlab) {
    Setup setup = setup(gitlab);

    assertThat(state(gitlab, setup).toString())
        .isEqualTo(
            "{\"agent_id\":%d,\"configuration\":null,\"deployments\":[],\"warnings\":[]}"
                .formatted(setup.agent()));
  }

  @Test
  void showsWhyAConfigurationWasRejectedAndThatALaterOneWasApplied(Running gitlab) {
    Setup setup = setup(gitlab);
    report(
        gitlab,
        setup,
        event(
            "c1",
            0,
            "\"configuration_rejected\":{\"commit_id\":\"abc\",\"problems\":[{\"file\":\"config.yaml\",\"line\":14,"
                + "\"column\":7,\"message\":\"prune.max_percent: 140\",\"expected\":\"0-100\"}]}"));
    JsonNode rejected = state(gitlab, setup).path("configuration");

    report(gitlab, setup, event("c2", 1, "\"configuration_applied\":{\"commit_id\":\"def\"}"));
    report(gitlab, setup, event("c0", -5, "\"configuration_applied\":{\"commit_id\":\"old\"}"));
    JsonNode applied = state(gitlab, setup).path("configuration");

    assertThat(rejected.path("status").asString()).isEqualTo("rejected");
    assertThat(rejected.path("problems").toString())
        .isEqualTo(
            "[{\"file\":\"config.yaml\",\"line\":14,\"column\":7,\"message\":\"prune.max_percent: 140\","
                + "\"expected\":\"0-100\"}]");
    assertThat(applied.path("status").asString()).isEqualTo("applied");
    assertThat(applied.path("commit_id").asString()).isEqualTo("def");
    assertThat(applied.path("problems").isEmpty()).isTrue();
  }

  @Test
  void followsADeploymentFromStartToEnd(Running gitlab) {
    Setup setup = setup(gitlab);
    report(
        gitlab,
        setup,
        event("s1", 0, "\"sync_started\":{\"project_id\":\"group/app\",\"commit_id\":\"abc\"}"));
    JsonNode running = state(gitlab, setup).path("deployments").get(0);

    report(
        gitlab,
        setup,
        event(
            "s2",
            3,
            "\"sync_finished\":{\"project_id\":\"group/app\",\"commit_id\":\"abc\",\"outcome\":\"FAILED\","
                + "\"message\":\"1 of 3 failed\",\"applied\":1,\"unchanged\":1,\"failed\":1,"
                + "\"received_at\":\"2026-11-01T09:59:59.500Z\",\"started_at\":\"2026-11-01T10:00:00Z\"}"));
    JsonNode finished = state(gitlab, setup).path("deployments").get(0);

    assertThat(running.path("outcome").asString()).isEqualTo("running");
    assertThat(finished.path("outcome").asString()).isEqualTo("failed");
    assertThat(finished.path("message").asString()).isEqualTo("1 of 3 failed");
    assertThat(finished.path("applied").asInt()).isEqualTo(1);
    assertThat(finished.path("failed").asInt()).isEqualTo(1);
    assertThat(finished.path("received_at").asString()).isEqualTo("2026-11-01T09:59:59.500Z");
    assertThat(finished.path("finished_at").asString()).isEqualTo("2026-11-01T10:00:03.000Z");
  }

  @Test
  void keepsARefusalBesideTheResultOfTheCommitInPlace(Running gitlab) {
    Setup setup = setup(gitlab);
    String refused =
        "\"source_state\":{\"project_id\":\"group/app\",\"commit_id\":\"abc\",\"refusal\":\"NOT_FOUND: no folder\"}";
    String succeeded =
        "\"sync_finished\":{\"project_id\":\"group/app\",\"commit_id\":\"abc\",\"outcome\":\"SUCCEEDED\"}";
    report(gitlab, setup, event("r1", 0, refused));
    JsonNode first = state(gitlab, setup).path("deployments").get(0);

    report(gitlab, setup, event("r2", 1, succeeded));
    report(gitlab, setup, event("r3", 2, refused));
    report(gitlab, setup, event("r4", 3, succeeded));
    JsonNode beside = state(gitlab, setup).path("deployments").get(0);

    report(
        gitlab,
        setup,
        event("r0", -1, "\"source_state\":{\"project_id\":\"group/app\",\"commit_id\":\"abc\"}"));
    JsonNode afterAnOlderEvent = state(gitlab, setup).path("deployments").get(0);
    report(
        gitlab,
        setup,
        event("r5", 4, "\"source_state\":{\"project_id\":\"group/app\",\"commit_id\":\"abc\"}"));
    JsonNode over = state(gitlab, setup).path("deployments").get(0);

    assertThat(first.path("outcome").asString()).isEqualTo("failed");
    assertThat(first.path("refusal").asString()).isEqualTo("NOT_FOUND: no folder");
    assertThat(beside.path("outcome").asString()).isEqualTo("succeeded");
    assertThat(beside.path("refusal").asString()).isEqualTo("NOT_FOUND: no folder");
    assertThat(beside.path("refused_at").asString()).isEqualTo("2026-11-01T10:00:02.000Z");
    assertThat(afterAnOlderEvent.path("refusal").asString()).isEqualTo("NOT_FOUND: no folder");
    assertThat(over.path("outcome").asString()).isEqualTo("succeeded");
    assertThat(over.path("refusal").asString()).isEmpty();
    assertThat(over.path("refused_at").isNull()).isTrue();
  }

  @Test
  void keepsTheLastStateOfEveryObject(Running gitlab) {
    Setup setup = setup(gitlab);
    report(
        gitlab,
        setup,
        event("d1", 0, "\"sync_started\":{\"project_id\":\"g/a\",\"commit_id\":\"c\"}"));
    report(
        gitlab,
        setup,
        event(
            "o1",
            1,
            states(
                true,
                object("one", "CREATED", "IN_PROGRESS"),
                object("two", "CREATED", "CURRENT"))));
    report(
        gitlab,
        setup,
        event(
            "o2",
            2,
            states(
                false,
                object("one", "UNCHANGED", "CURRENT"),
                object("two", "PRUNED", "NOT_FOUND"))));

    JsonNode objects = state(gitlab, setup).path("deployments").get(0).path("objects");

    assertThat(objects.toString())
        .isEqualTo(
            "[{\"group\":\"apps\",\"kind\":\"Deployment\",\"namespace\":\"default\",\"name\":\"one\","
                + "\"action\":\"unchanged\",\"health\":\"current\",\"message\":\"m\","
                + "\"source\":{\"file\":\"a.yaml\",\"line\":3,\"column\":1}}]");
  }

  @Test
  void startsAnewWhenAnAgentListsEverything(Running gitlab) {
    Setup setup = setup(gitlab);
    report(
        gitlab,
        setup,
        event("d1", 0, "\"sync_started\":{\"project_id\":\"g/a\",\"commit_id\":\"c\"}"));
    report(gitlab, setup, event("o1", 1, states(true, object("one", "CREATED", "CURRENT"))));
    report(gitlab, setup, event("o2", 2, states(true, object("two", "CREATED", "CURRENT"))));

    JsonNode objects = state(gitlab, setup).path("deployments").get(0).path("objects");

    assertThat(objects.valueStream().map(node -> node.path("name").asString()))
        .containsExactly("two");
  }

  @Test
  void changesNothingWhenAnEventComesTwice(Running gitlab) {
    Setup setup = setup(gitlab);
    String warning =
        event(
            "w1",
            0,
            "\"warning_event\":{\"project_id\":\"g/a\",\"object\":{\"kind\":\"Pod\",\"name\":\"p\"},"
                + "\"reason\":\"BackOff\",\"message\":\"restarting\",\"count\":3}");

    report(gitlab, setup, warning);
    report(gitlab, setup, warning, warning);

    assertThat(state(gitlab, setup).path("warnings").size()).isEqualTo(1);
  }

  @Test
  void acceptsWhatNewerAgentsAddAndRefusesWhatIsNoEvent(Running gitlab) {
    Setup setup = setup(gitlab);

    report(gitlab, setup, event("n1", 0, "\"something_new\":{\"a\":1}"));
    Api.Answer noId = send(gitlab, setup, "{\"time\":\"2026-11-01T10:00:00Z\"}");
    Api.Answer noTime = send(gitlab, setup, "{\"id\":\"x\"}");
    Api.Answer noObject = send(gitlab, setup, "7");

    for (Api.Answer answer : List.of(noId, noTime, noObject)) {
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo("{\"error\":\"events[0] is invalid\"}");
    }
    assertThat(gitlab.kas().post(PATH, "{}").expect(400).body())
        .isEqualTo("{\"error\":\"agent_id is missing, events is missing\"}");
  }

  @Test
  void tellsADeletedAgentFromAGitLabWithoutReports(Running gitlab) {
    gitlab.kas().post(PATH, "agent_id", "99999999", "events", List.of()).expect(410);
  }

  @Test
  void showsTheStateToDevelopersOnly(Running gitlab) {
    Setup setup = setup(gitlab);
    Person developer = gitlab.newMember(setup.project(), 30);
    Person reporter = gitlab.newMember(setup.project(), 20);

    developer.api().get(path(setup)).expect(200);
    reporter.api().get(path(setup)).expect(404);
  }

  private static Setup setup(Running gitlab) {
    long project = gitlab.newProject("private");
    return new Setup(project, gitlab.newAgent(project));
  }

  private static String path(Setup setup) {
    return "/api/v4/projects/" + setup.project() + "/cluster_agents/" + setup.agent() + "/state";
  }

  private static JsonNode state(Running gitlab, Setup setup) {
    return gitlab.root().get(path(setup)).expect(200).json();
  }

  private static void report(Running gitlab, Setup setup, String... events) {
    send(gitlab, setup, String.join(",", events)).expect(204);
  }

  private static Api.Answer send(Running gitlab, Setup setup, String events) {
    return gitlab
        .kas()
        .post(PATH, "{\"agent_id\":\"" + setup.agent() + "\",\"events\":[" + events + "]}");
  }

  private static String event(String id, int second, String content) {
    return "{\"id\":\"" + id + "\",\"time\":\"" + START.plusSeconds(second) + "\"," + content + "}";
  }

  private static String states(boolean reset, String... objects) {
    return "\"object_states\":{\"project_id\":\"g/a\",\"commit_id\":\"c\",\"reset\":"
        + reset
        + ",\"states\":["
        + String.join(",", objects)
        + "]}";
  }

  private static String object(String name, String action, String health) {
    return "{\"object\":{\"group\":\"apps\",\"kind\":\"Deployment\",\"namespace\":\"default\",\"name\":\""
        + name
        + "\"},\"action\":\""
        + action
        + "\",\"health\":\""
        + health
        + "\",\"message\":\"m\",\"source\":{\"file\":\"a.yaml\",\"line\":3,\"column\":1}}";
  }
}
