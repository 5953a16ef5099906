package io.mooring.gitlab.internalapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(GitLabUnderTest.class)
class AgentInfoTest {
  private static final String AGENT_INFO = "/api/v4/internal/kubernetes/agent_info";

  @ParameterizedTest
  @ValueSource(strings = {AGENT_INFO, "/api/v4/internal/agents/agentk/agent_info"})
  @Tag("wire-79")
  void tellsKasWhoAnAgentIsAndWhereItsRepositoryIs(String path, Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String token = gitlab.newAgentToken(project, agent);

    Api.Answer answer = gitlab.kas(token).get(path).expect(200);

    JsonNode info = answer.json();
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(info.path("project_id").asLong()).isEqualTo(project);
    assertThat(info.path("agent_id").asLong()).isEqualTo(agent);
    assertThat(info.path("agent_name").asString()).startsWith("agent-");
    assertThat(info.path("default_branch").asString()).isEqualTo("main");
    assertThat(info.path("gitaly_info").path("address").asString()).startsWith("unix:/");
    assertThat(info.path("gitaly_info").path("token").asString())
        .startsWith("gitaly-secret-canary");
    assertThat(info.path("gitaly_info").path("features").toString())
        .isEqualTo("{\"gitaly-feature-some-flag\":\"true\"}");
    JsonNode repository = info.path("gitaly_repository");
    assertThat(repository.path("storage_name").asString()).isEqualTo("default");
    assertThat(repository.path("relative_path").asString())
        .matches("@hashed/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}\\.git");
    assertThat(repository.path("gl_repository").asString()).isEqualTo("project-" + project);
    assertThat(repository.path("gl_project_path").asString()).isEqualTo(gitlab.path(project));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "Gitlab-Agent-Api-Request", "Gitlab-Agentk-Api-Request"})
  @Tag("wire-80")
  void takesTheAgentTokenFromTheHeaderOfEveryKas(String header, Running gitlab) {
    long project = gitlab.newProject("private");
    String token = gitlab.newAgentToken(project, gitlab.newAgent(project));
    String value = header.equals("Authorization") ? "Bearer " + token : token;

    assertThat(gitlab.kas().with(header, value).get(AGENT_INFO).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        "Bearer glagent-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Basic abc"
      })
  @Tag("fault-1")
  void refusesATokenThatIsMissingOrUnknown(String authorization, Running gitlab) {
    Api kas =
        authorization.isEmpty() ? gitlab.kas() : gitlab.kas().with("Authorization", authorization);

    Api.Answer answer = kas.get(AGENT_INFO);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEqualTo("{\"message\":\"401 Unauthorized\"}");
  }

  @Test
  @Tag("fault-1")
  void refusesATokenThatIsLongPaddedOrNotAscii(Running gitlab) {
    long project = gitlab.newProject("private");
    String token = gitlab.newAgentToken(project, gitlab.newAgent(project));

    assertThat(gitlab.kas("x".repeat(10_000)).get(AGENT_INFO).status()).isEqualTo(401);
    assertThat(gitlab.kas(token + "x").get(AGENT_INFO).status()).isEqualTo(401);
    assertThat(gitlab.kas(token.toUpperCase(Locale.ROOT)).get(AGENT_INFO).status()).isEqualTo(401);
    assertThat(gitlab.kas("\u00e4\u00f6\u00fc").get(AGENT_INFO).status()).isEqualTo(401);
  }

  @Test
  @Tag("fault-1")
  void refusesATokenOfMoreThanAHeaderHolds(Running gitlab) {
    assertThat(gitlab.kas("x".repeat(1 << 20)).get(AGENT_INFO).status()).isEqualTo(400);
  }

  @Test
  void refusesARevokedToken(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Api.Answer token =
        gitlab
            .root()
            .post(
                "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens",
                "name",
                "t");
    String secret = token.json().path("token").asString();
    gitlab.kas(secret).get(AGENT_INFO).expect(200);

    gitlab
        .root()
        .delete(
            "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens/" + token.id())
        .expect(204);

    assertThat(gitlab.kas(secret).get(AGENT_INFO).status()).isEqualTo(401);
  }

  @Test
  void takesNoPersonalAccessTokenForAnAgentToken(Running gitlab) {
    assertThat(gitlab.kas(gitlab.root().token()).get(AGENT_INFO).status()).isEqualTo(401);
  }

  @Test
  void checksTheTokenOfKasBeforeThatOfTheAgent(Running gitlab) {
    Api.Answer answer = gitlab.anonymous().with("Authorization", "Bearer unknown").get(AGENT_INFO);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEqualTo("{\"message\":\"KAS JWT authentication invalid\"}");
  }

  @Test
  void notesWhenATokenWasUsed(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String token = gitlab.newAgentToken(project, agent);
    String query = "select last_used_at from cluster_agent_tokens where agent_id = " + agent;
    String before = gitlab.sqlValue(query);

    gitlab.kas(token).get(AGENT_INFO).expect(200);

    assertThat(before).isEqualTo("null");
    assertThat(gitlab.sqlValue(query)).isNotEqualTo("null");
    assertThat(
            gitlab.sqlValue(
                "select count(*) from agent_activity_events where kind = 2 and agent_id = "
                    + agent))
        .isEqualTo("1");
  }

  @Test
  void writesTheStoredUseOnlyOnceInALongWhile(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String token = gitlab.newAgentToken(project, agent);
    String query = "select last_used_at from cluster_agent_tokens where agent_id = " + agent;
    gitlab.kas(token).get(AGENT_INFO).expect(200);
    String first = gitlab.sqlValue(query);
    gitlab.kas(token).get(AGENT_INFO).expect(200);
    String second = gitlab.sqlValue(query);
    gitlab.sql(
        "update cluster_agent_tokens set last_used_at = now() - interval '2 hours' where agent_id = "
            + agent);

    gitlab.kas(token).get(AGENT_INFO).expect(200);

    assertThat(second).isEqualTo(first);
    assertThat(
            gitlab.sqlValue(
                "select count(*) from agent_activity_events where kind = 2 and agent_id = "
                    + agent))
        .isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource({
    "public,  enabled,  false, 200",
    "public,  private,  false, 404",
    "public,  disabled, false, 404",
    "internal,enabled,  false, 404",
    "private, enabled,  false, 404",
    "private, enabled,  true,  200",
    "internal,enabled,  true,  200",
    "public,  private,  true,  200"
  })
  void showsAnAgentWhatEverybodyMayReadAndItsOwnProject(
      String visibility, String repository, boolean own, int expected, Running gitlab) {
    long project = gitlab.newProject(visibility);
    String token =
        own ? gitlab.newAgentToken(project, gitlab.newAgent(project)) : otherToken(gitlab);
    gitlab
        .root()
        .put("/api/v4/projects/" + project, Api.object("repository_access_level", repository))
        .expect(200);
    String encoded = gitlab.path(project).replace("/", "%2F");

    for (String id : new String[] {Long.toString(project), encoded}) {
      Api.Answer info = gitlab.kas(token).get("/api/v4/internal/kubernetes/project_info?id=" + id);
      Api.Answer access =
          gitlab.kas(token).get("/api/v4/internal/kubernetes/verify_project_access?id=" + id);

      assertThat(info.status()).isEqualTo(expected);
      assertThat(access.status()).isEqualTo(expected == 200 ? 204 : expected);
      assertThat(access.body()).isEqualTo(expected == 200 ? "" : "{\"message\":\"404 Not Found\"}");
      if (expected == 200) {
        assertThat(info.json().path("project_id").asLong()).isEqualTo(project);
        assertThat(info.json().has("agent_id")).isFalse();
        assertThat(info.json().path("default_branch").asString()).isNotEmpty();
      }
    }
  }

  @Test
  void knowsNoProjectThatDoesNotExist(Running gitlab) {
    String token = otherToken(gitlab);

    for (String id : new String[] {"999999999", "no%2Fsuch", "a%00b"}) {
      assertThat(
              gitlab.kas(token).get("/api/v4/internal/kubernetes/project_info?id=" + id).status())
          .isIn(400, 404);
    }
    assertThat(gitlab.kas(token).get("/api/v4/internal/kubernetes/project_info").body())
        .isEqualTo("{\"error\":\"id is missing\"}");
  }

  @Test
  void knowsNoModules(Running gitlab) {
    long project = gitlab.newProject("private");
    String token = gitlab.newAgentToken(project, gitlab.newAgent(project));

    Api.Answer answer =
        gitlab
            .kas(token)
            .post("/api/v4/internal/kubernetes/modules/starboard_vulnerability/x", "a", "b");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("{\"error\":\"404 Not Found\"}");
  }

  private static String otherToken(Running gitlab) {
    long project = gitlab.newProject("private");
    return gitlab.newAgentToken(project, gitlab.newAgent(project));
  }
}
