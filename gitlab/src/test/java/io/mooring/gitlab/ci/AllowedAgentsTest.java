package io.mooring.gitlab.ci;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.identity.TokenDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(GitLabUnderTest.class)
@Tag("wire-80")
@Tag("fault-8")
class AllowedAgentsTest {
  private static final String PATH = "/api/v4/job/allowed_agents";

  @Test
  void listsTheAgentsOfTheProjectAndOfItsGroupsWithTheConfigurationThatApplies(Running gitlab) {
    long outer = gitlab.newGroup();
    long inner = subgroup(gitlab, outer);
    long jobProject = projectIn(gitlab, inner);
    long configProject = projectIn(gitlab, outer);
    long own = gitlab.newAgent(jobProject);
    long byGroup = gitlab.newAgent(configProject);
    long byProject = gitlab.newAgent(configProject);
    configure(
        gitlab,
        byGroup,
        List.of(),
        List.of(entry(gitlab, "groups", outer, "outer"), entry(gitlab, "groups", inner, "inner")));
    configure(
        gitlab,
        byProject,
        List.of(entry(gitlab, "projects", jobProject, "project")),
        List.of(entry(gitlab, "groups", inner, "inner")));
    Person user = gitlab.newMember(jobProject, 30);
    String token = job(gitlab, jobProject, user.id(), "main", 0);

    JsonNode answer = gitlab.anonymous().with("Job-Token", token).get(PATH).expect(200).json();

    assertThat(answer.path("allowed_agents").valueStream().map(node -> node.path("id").asLong()))
        .containsExactly(byProject, own, byGroup);
    assertThat(
            answer
                .path("allowed_agents")
                .valueStream()
                .map(node -> node.path("configuration").path("default_namespace").asString("")))
        .containsExactly("project", "", "inner");
    assertThat(answer.path("allowed_agents").get(0).path("config_project").path("id").asLong())
        .isEqualTo(configProject);
    assertThat(answer.path("project").toString())
        .isEqualTo(
            "{\"id\":%d,\"groups\":[{\"id\":%d},{\"id\":%d}]}".formatted(jobProject, inner, outer));
    assertThat(answer.path("user").toString())
        .isEqualTo(
            "{\"id\":%d,\"username\":\"%s\",\"roles_in_project\":[\"guest\",\"reporter\",\"developer\"]}"
                .formatted(user.id(), user.username()));
    assertThat(answer.path("job").path("id").asLong()).isPositive();
    assertThat(answer.path("pipeline").path("id").asLong()).isPositive();
    assertThat(answer.has("environment")).isFalse();
  }

  @Test
  void tellsTheEnvironmentAndFiltersByIt(Running gitlab) {
    long group = gitlab.newGroup();
    long jobProject = projectIn(gitlab, group);
    long configProject = projectIn(gitlab, group);
    long matching = gitlab.newAgent(configProject);
    long other = gitlab.newAgent(configProject);
    long onlyProtected = gitlab.newAgent(configProject);
    String path = gitlab.path(jobProject);
    configure(
        gitlab,
        matching,
        List.of(Map.of("id", path, "environments", List.of("review/*"))),
        List.of());
    configure(
        gitlab,
        other,
        List.of(Map.of("id", path, "environments", List.of("production"))),
        List.of());
    configure(
        gitlab,
        onlyProtected,
        List.of(Map.of("id", path, "protected_branches_only", true)),
        List.of());
    gitlab.sql(
        "insert into environments (project_id, name, slug, tier) values (%d, 'review/x', 'review-x', 'development')"
            .formatted(jobProject));
    long environment =
        Long.parseLong(
            gitlab.sqlValue("select id from environments where project_id = " + jobProject));
    Person user = gitlab.newMember(jobProject, 30);

    JsonNode onBranch = get(gitlab, job(gitlab, jobProject, user.id(), "feature", environment));
    JsonNode onDefault = get(gitlab, job(gitlab, jobProject, user.id(), "main", environment));
    JsonNode without = get(gitlab, job(gitlab, jobProject, user.id(), "main", 0));

    assertThat(onBranch.path("environment").toString())
        .isEqualTo("{\"slug\":\"review-x\",\"tier\":\"development\"}");
    assertThat(agents(onBranch)).containsExactly(matching);
    assertThat(agents(onDefault)).containsExactly(matching, onlyProtected);
    assertThat(agents(without)).containsExactly(onlyProtected);
  }

  @Test
  void ignoresAgentsOfAnotherRootNamespace(Running gitlab) {
    long jobProject = projectIn(gitlab, gitlab.newGroup());
    long foreignProject = projectIn(gitlab, gitlab.newGroup());
    long foreign = gitlab.newAgent(foreignProject);
    gitlab.sql(
        "insert into agent_project_authorizations values (%d, %d, '{}')"
            .formatted(foreign, jobProject));
    Person user = gitlab.newMember(jobProject, 30);

    assertThat(agents(get(gitlab, job(gitlab, jobProject, user.id(), "main", 0)))).isEmpty();
  }

  @Test
  void takesTheTokenFromQueryAndBearerToo(Running gitlab) {
    long project = gitlab.newProject("private");
    Person user = gitlab.newMember(project, 30);
    String token = job(gitlab, project, user.id(), "main", 0);

    gitlab.anonymous().get(PATH + "?job_token=" + token).expect(200);
    gitlab.anonymous().with("Authorization", "Bearer " + token).get(PATH).expect(200);
  }

  @Test
  void refusesUnknownFinishedAndAnonymousJobs(Running gitlab) {
    long project = gitlab.newProject("private");
    Person user = gitlab.newMember(project, 30);
    String finished = job(gitlab, project, user.id(), "main", 0);
    gitlab.sql(
        "update ci_jobs set status = 'success' where token_digest = '\\x%s'"
            .formatted(HexFormat.of().formatHex(TokenDigest.of(finished))));
    String nobody = job(gitlab, project, 0, "main", 0);

    for (String token : List.of("unknown", finished, nobody)) {
      Api.Answer answer = gitlab.anonymous().with("Job-Token", token).get(PATH);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.body()).isEqualTo("{\"message\":\"401 Unauthorized\"}");
    }
    gitlab.anonymous().get(PATH).expect(401);
  }

  @Test
  void knowsNoJobOfAPersonalAccessToken(Running gitlab) {
    assertThat(gitlab.root().get(PATH).expect(404).body())
        .isEqualTo("{\"message\":\"404 Job Not Found\"}");
    assertThat(
            gitlab
                .anonymous()
                .with("Authorization", "Bearer " + gitlab.root().token())
                .get(PATH)
                .status())
        .isEqualTo(404);
  }

  private static JsonNode get(Running gitlab, String token) {
    return gitlab.anonymous().with("Job-Token", token).get(PATH).expect(200).json();
  }

  private static List<Long> agents(JsonNode answer) {
    return StreamSupport.stream(answer.path("allowed_agents").spliterator(), false)
        .map(node -> node.path("id").asLong())
        .toList();
  }

  private static String job(Running gitlab, long project, long user, String ref, long environment) {
    String token = GitLabUnderTest.unique("job-token-");
    gitlab.sql(
        """
        with p as (insert into ci_pipelines (project_id, ref, created_at) values (%d, '%s', now()) returning id)
        insert into ci_jobs (pipeline_id, user_id, environment_id, status, token_digest, created_at)
        select id, nullif(%d, 0), nullif(%d, 0), 'running', '\\x%s', now() from p\
        """
            .formatted(
                project, ref, user, environment, HexFormat.of().formatHex(TokenDigest.of(token))));
    return token;
  }

  private static long subgroup(Running gitlab, long parent) {
    String name = GitLabUnderTest.unique("sub");
    return gitlab
        .root()
        .post("/api/v4/groups", "name", name, "path", name, "parent_id", parent)
        .expect(201)
        .id();
  }

  private static long projectIn(Running gitlab, long group) {
    return gitlab
        .root()
        .post("/api/v4/projects", "name", GitLabUnderTest.unique("p"), "namespace_id", group)
        .expect(201)
        .id();
  }

  private static Map<String, Object> entry(Running gitlab, String kind, long id, String namespace) {
    JsonNode target = gitlab.root().get("/api/v4/" + kind + "/" + id).expect(200).json();
    String path =
        target.path(kind.equals("groups") ? "full_path" : "path_with_namespace").asString();
    return Map.of("id", path, "default_namespace", namespace);
  }

  private static void configure(
      Running gitlab,
      long agent,
      List<Map<String, Object>> projects,
      List<Map<String, Object>> groups) {
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "agent_id",
            agent,
            "agent_config",
            Map.of("ci_access", Map.of("projects", projects, "groups", groups)))
        .expect(204);
  }
}
