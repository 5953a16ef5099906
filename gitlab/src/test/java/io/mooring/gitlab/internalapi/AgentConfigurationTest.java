package io.mooring.gitlab.internalapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GitLabUnderTest.class)
class AgentConfigurationTest {
  private static final String PATH = "/api/v4/internal/kubernetes/agent_configuration";

  private record Setup(long group, String groupPath, long project, String path, long agent) {}

  @Test
  @Tag("wire-79")
  void storesAllFourKindsOfAuthorizations(Running gitlab) {
    Setup setup = setup(gitlab);

    gitlab.kas().post(PATH, configuration(setup, Long.toString(setup.agent()))).expect(204);

    assertThat(config(gitlab, "agent_project_authorizations", setup.agent()))
        .isEqualTo(
            "{\"access_as\": {\"ci_job\": {}}, \"environments\": [\"staging\", \"review/*\"],"
                + " \"default_namespace\": \"ns\"}");
    assertThat(config(gitlab, "agent_group_authorizations", setup.agent())).isEqualTo("{}");
    assertThat(config(gitlab, "agent_user_access_project_authorizations", setup.agent()))
        .isEqualTo("{\"access_as\": {\"agent\": {}}}");
    assertThat(config(gitlab, "agent_user_access_group_authorizations", setup.agent()))
        .isEqualTo("{\"access_as\": {\"agent\": {}}}");
  }

  @Test
  @Tag("wire-79")
  void takesTheAgentIdAsANumberToo(Running gitlab) {
    Setup setup = setup(gitlab);

    gitlab.kas().post(PATH, "agent_id", setup.agent(), "agent_config", Map.of()).expect(204);
  }

  @Test
  void forgetsEverythingWhenTheConfigurationIsEmpty(Running gitlab) {
    Setup setup = setup(gitlab);
    gitlab.kas().post(PATH, configuration(setup, Long.toString(setup.agent()))).expect(204);

    gitlab
        .kas()
        .post(PATH, "agent_id", Long.toString(setup.agent()), "agent_config", Map.of())
        .expect(204);

    for (String table :
        List.of(
            "agent_project_authorizations",
            "agent_group_authorizations",
            "agent_user_access_project_authorizations",
            "agent_user_access_group_authorizations")) {
      assertThat(count(gitlab, table, setup.agent())).isEqualTo("0");
    }
  }

  @Test
  void findsPathsWhateverTheirCaseAndIgnoresWhatIsUnknownOrOutsideTheRootNamespace(Running gitlab) {
    Setup setup = setup(gitlab);
    Setup other = setup(gitlab);
    List<Map<String, String>> projects =
        List.of(
            Map.of("id", setup.path().toUpperCase(Locale.ROOT)),
            Map.of("id", other.path()),
            Map.of("id", "no/such"),
            Map.of("id", ""));

    gitlab
        .kas()
        .post(
            PATH,
            "agent_id",
            Long.toString(setup.agent()),
            "agent_config",
            Map.of("ci_access", Map.of("projects", projects)))
        .expect(204);

    assertThat(
            gitlab.sqlValue(
                "select string_agg(project_id::text, ',') from agent_project_authorizations where agent_id = "
                    + setup.agent()))
        .isEqualTo(Long.toString(setup.project()));
  }

  @Test
  void readsTheFirst500EntriesOfAList(Running gitlab) {
    Setup setup = setup(gitlab);
    var projects = new ArrayList<Map<String, String>>();
    for (int i = 0; i < 500; i++) {
      projects.add(Map.of("id", "no/such" + i));
    }
    projects.add(Map.of("id", setup.path()));

    gitlab
        .kas()
        .post(
            PATH,
            "agent_id",
            Long.toString(setup.agent()),
            "agent_config",
            Map.of("ci_access", Map.of("projects", projects)))
        .expect(204);

    assertThat(count(gitlab, "agent_project_authorizations", setup.agent())).isEqualTo("0");
  }

  @Test
  void namesWhatIsMissingOrWrong(Running gitlab) {
    assertThat(gitlab.kas().post(PATH, "{}").expect(400).body())
        .isEqualTo("{\"error\":\"agent_id is missing, agent_config is missing\"}");
    assertThat(gitlab.kas().post(PATH, "agent_id", "x", "agent_config", "y").expect(400).body())
        .isEqualTo("{\"error\":\"agent_id is invalid, agent_config is invalid\"}");
    assertThat(
            gitlab
                .kas()
                .post(PATH, "agent_id", "99999999", "agent_config", Map.of())
                .expect(404)
                .body())
        .isEqualTo("{\"message\":\"404 Not found\"}");
    assertThat(gitlab.kas().post(PATH, "{not json").status()).isEqualTo(400);
  }

  private static Setup setup(Running gitlab) {
    long group = gitlab.newGroup();
    String groupPath =
        gitlab.root().get("/api/v4/groups/" + group).json().path("full_path").asString();
    long project =
        gitlab
            .root()
            .post("/api/v4/projects", "name", GitLabUnderTest.unique("p"), "namespace_id", group)
            .expect(201)
            .id();
    return new Setup(group, groupPath, project, gitlab.path(project), gitlab.newAgent(project));
  }

  private static String configuration(Setup setup, String agentId) {
    return Api.object(
        "agent_id",
        agentId,
        "agent_config",
        Map.of(
            "ci_access",
            Map.of(
                "projects",
                List.of(
                    Map.of(
                        "id",
                        setup.path(),
                        "default_namespace",
                        "ns",
                        "access_as",
                        Map.of("ci_job", Map.of()),
                        "environments",
                        List.of("staging", "review/*"))),
                "groups",
                List.of(Map.of("id", setup.groupPath()))),
            "user_access",
            Map.of(
                "access_as",
                Map.of("agent", Map.of()),
                "projects",
                List.of(Map.of("id", setup.path(), "surplus", "x")),
                "groups",
                List.of(Map.of("id", setup.groupPath()))),
            "container_scanning",
            Map.of()));
  }

  private static String config(Running gitlab, String table, long agent) {
    return gitlab.sqlValue("select config from " + table + " where agent_id = " + agent);
  }

  private static String count(Running gitlab, String table, long agent) {
    return gitlab.sqlValue("select count(*) from " + table + " where agent_id = " + agent);
  }
}
