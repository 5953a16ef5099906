package io.mooring.gitlab.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.identity.TokenDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(GitLabUnderTest.class)
class AgentApiTest {
  @Test
  void registersAnAgentAndShowsItInGitLabsForm(Running gitlab) {
    long project = gitlab.newProject("private");

    JsonNode agent =
        gitlab
            .root()
            .post("/api/v4/projects/" + project + "/cluster_agents", "name", "agent-1")
            .expect(201)
            .json();

    assertThat(agent.propertyNames())
        .containsExactly("id", "name", "config_project", "created_at", "created_by_user_id");
    assertThat(agent.path("config_project").propertyNames())
        .containsExactly(
            "id",
            "description",
            "name",
            "name_with_namespace",
            "path",
            "path_with_namespace",
            "created_at");
    assertThat(agent.path("created_at").asString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(agent.path("created_by_user_id").asLong()).isEqualTo(1);
    assertThat(
            gitlab
                .root()
                .get("/api/v4/projects/" + project + "/cluster_agents/" + agent.path("id").asLong())
                .expect(200)
                .json())
        .isEqualTo(agent);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a|201",
        "a-b-1|201",
        "0|201",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|201",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|400",
        "-a|400",
        "a-|400",
        "A|400",
        "a_b|400",
        "a b|400",
        "ä|400",
        "'a\nb'|400",
        "''|400"
      })
  void knowsWhichNamesAnAgentMayHave(String name, int status, Running gitlab) {
    long project = gitlab.newProject("private");

    assertThat(
            gitlab
                .root()
                .post("/api/v4/projects/" + project + "/cluster_agents", "name", name)
                .status())
        .isEqualTo(status);
  }

  @Test
  void saysWhatIsWrongWithAName(Running gitlab) {
    long project = gitlab.newProject("private");
    String path = "/api/v4/projects/" + project + "/cluster_agents";
    gitlab.root().post(path, "name", "same").expect(201);

    assertThat(
            gitlab.root().post(path, "name", "same").expect(400).json().path("message").asString())
        .isEqualTo("400 Bad request - [\"Name has already been taken\"]");
    assertThat(gitlab.root().post(path, "name", "A!").expect(400).json().path("message").asString())
        .isEqualTo(
            "400 Bad request - [\"Name can contain only lowercase letters, digits, and '-', but cannot start or end"
                + " with '-'\"]");
    assertThat(gitlab.root().post(path, "{}").expect(400).body())
        .isEqualTo("{\"error\":\"name is missing\"}");
  }

  @Test
  void showsATokenOnceAndStoresOnlyItsDigest(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String path = "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens";

    JsonNode made = gitlab.root().post(path, "name", "n", "description", "d").expect(201).json();
    JsonNode single = gitlab.root().get(path + "/" + made.path("id").asLong()).expect(200).json();
    JsonNode listed = gitlab.root().get(path).expect(200).json().get(0);

    String secret = made.path("token").asString();
    assertThat(secret).matches("glagent-[a-zA-Z0-9_-]{50}");
    assertThat(secret.substring(8)).doesNotContain("l", "I", "O", "0");
    assertThat(made.propertyNames())
        .containsExactly(
            "id",
            "name",
            "description",
            "agent_id",
            "status",
            "created_at",
            "created_by_user_id",
            "last_used_at",
            "token");
    assertThat(single.propertyNames()).doesNotContain("token").contains("last_used_at");
    assertThat(listed.propertyNames()).doesNotContain("token", "last_used_at");
    assertThat(
            gitlab.sqlValue(
                "select encode(digest, 'hex') from cluster_agent_tokens where agent_id = " + agent))
        .isEqualTo(HexFormat.of().formatHex(TokenDigest.of(secret)));
  }

  @Test
  void allowsTwoActiveTokensAlsoToWhoAsksAtOnce(Running gitlab) throws Exception {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String path = "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens";
    var statuses = new ArrayList<Future<Integer>>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        Callable<Integer> request = () -> gitlab.root().post(path, "name", "t").status();
        statuses.add(executor.submit(request));
      }
    }

    int made = 0;
    for (Future<Integer> status : statuses) {
      made += status.get() == 201 ? 1 : 0;
    }

    assertThat(made).isEqualTo(2);
    assertThat(gitlab.root().post(path, "name", "t").expect(400).json().path("message").asString())
        .isEqualTo("400 Bad request - An agent can have only two active tokens at a time");
  }

  @Test
  void revokesATokenAndKeepsItsRow(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String path = "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens";
    long token = gitlab.root().post(path, "name", "t").expect(201).id();

    gitlab.root().delete(path + "/" + token).expect(204);
    gitlab.root().delete(path + "/" + token).expect(204);

    gitlab.root().get(path + "/" + token).expect(404);
    assertThat(gitlab.root().get(path).json().isEmpty()).isTrue();
    assertThat(gitlab.sqlValue("select status from cluster_agent_tokens where id = " + token))
        .isEqualTo("1");
    JsonNode events =
        gitlab
            .root()
            .get("/api/v4/projects/" + project + "/cluster_agents/" + agent + "/activity_events")
            .json();
    assertThat(events.valueStream().map(event -> event.path("kind").asString()))
        .containsExactly("token_revoked", "token_created");
  }

  @Test
  void keepsTheNewest200Events(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    gitlab.sql(
        "insert into agent_activity_events (agent_id, kind, recorded_at) select "
            + agent
            + ", 2, now() - make_interval(mins => i) from generate_series(1, 300) i");

    gitlab.newAgentToken(project, agent);

    assertThat(
            gitlab.sqlValue("select count(*) from agent_activity_events where agent_id = " + agent))
        .isEqualTo("200");
    assertThat(
            gitlab.sqlValue(
                "select count(*) from agent_activity_events where kind = 0 and agent_id = "
                    + agent))
        .isEqualTo("1");
  }

  @Test
  void deletesAnAgentUnlessItChangedSince(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String path = "/api/v4/projects/" + project + "/cluster_agents/" + agent;

    Api.Answer changed =
        gitlab.root().with("If-Unmodified-Since", "Mon, 01 Jan 2024 00:00:00 GMT").delete(path);
    Api.Answer unchanged =
        gitlab.root().with("If-Unmodified-Since", "Wed, 01 Jan 2098 00:00:00 GMT").delete(path);

    assertThat(changed.status()).isEqualTo(412);
    assertThat(changed.body()).isEqualTo("{\"message\":\"412 Precondition Failed\"}");
    assertThat(unchanged.status()).isEqualTo(204);
    gitlab.root().get(path).expect(404);
  }

  @Test
  void findsAnAgentOnlyInItsOwnProject(Running gitlab) {
    long agent = gitlab.newAgent(gitlab.newProject("private"));
    long other = gitlab.newProject("private");

    assertThat(
            gitlab
                .root()
                .get("/api/v4/projects/" + other + "/cluster_agents/" + agent)
                .expect(404)
                .body())
        .isEqualTo("{\"message\":\"404 Not found\"}");
    assertThat(
            gitlab.root().get("/api/v4/projects/" + other + "/cluster_agents/x").expect(400).body())
        .isEqualTo("{\"error\":\"agent_id is invalid\"}");
  }

  @Test
  void pagesThroughAgents(Running gitlab) {
    long project = gitlab.newProject("private");
    for (int i = 0; i < 5; i++) {
      gitlab.newAgent(project);
    }

    Api.Answer page =
        gitlab.root().get("/api/v4/projects/" + project + "/cluster_agents?per_page=2&page=2");

    assertThat(page.json().size()).isEqualTo(2);
    assertThat(page.header("X-Total")).isEqualTo("5");
    assertThat(page.header("X-Total-Pages")).isEqualTo("3");
    assertThat(page.header("X-Page")).isEqualTo("2");
    assertThat(page.header("X-Per-Page")).isEqualTo("2");
    assertThat(page.header("X-Next-Page")).isEqualTo("3");
    assertThat(page.header("X-Prev-Page")).isEqualTo("1");
    assertThat(page.header("Link"))
        .contains("page=1&per_page=2>; rel=\"prev\"")
        .contains("page=3&per_page=2>; rel=\"next\"")
        .contains("rel=\"first\"")
        .contains("page=3&per_page=2>; rel=\"last\"");
  }
}
