package io.mooring.gitlab.ci;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.testkit.kubernetes.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Jobs that an external CI starts, and what their tokens are worth. */
@ExtendWith(GitLabUnderTest.class)
@Tag("wire-80")
@Tag("fault-8")
class JobApiTest {
  private static final String AGENTS = "/api/v4/job/allowed_agents";

  @TempDir Path directory;

  @Test
  void givesKubectlAContextForEveryAllowedAgent(Running gitlab) throws IOException {
    long project = projectWithMain(gitlab);
    long first = gitlab.newAgent(project);
    long second = gitlab.newAgent(project);
    configure(gitlab, second, Map.of("id", gitlab.path(project), "default_namespace", "apps"));

    JsonNode job = start(gitlab.root(), project, "ref", "main").expect(201).json();

    Path file = directory.resolve("kubeconfig");
    Files.writeString(file, job.path("kubeconfig").asString());
    JsonNode view =
        io.mooring.gitlab.http.Json.MAPPER.readTree(
            new Kubectl(file).run("config", "view", "--raw", "--output", "json"));
    String token = job.path("token").asString();
    assertThat(view.path("clusters").toString())
        .isEqualTo(
            "[{\"name\":\"gitlab\",\"cluster\":{\"server\":\"%s/k8s-proxy\"}}]"
                .formatted(gitlab.application().url()));
    assertThat(view.path("users").valueStream().map(JsonNode::toString))
        .containsExactlyInAnyOrder(user(first, token), user(second, token));
    assertThat(view.path("contexts").valueStream().map(JsonNode::toString))
        .containsExactlyInAnyOrder(
            "{\"name\":\"%s\",\"context\":{\"cluster\":\"gitlab\",\"user\":\"agent:%d\"}}"
                .formatted(context(gitlab, project, first), first),
            "{\"name\":\"%s\",\"context\":{\"cluster\":\"gitlab\",\"user\":\"agent:%d\",\"namespace\":\"apps\"}}"
                .formatted(context(gitlab, project, second), second));
    assertThat(view.path("current-context").asString("")).isEmpty();
    assertThat(
            gitlab
                .anonymous()
                .with("Job-Token", token)
                .get("/api/v4/job/kubeconfig")
                .expect(200)
                .body())
        .isEqualTo(job.path("kubeconfig").asString());
  }

  @Test
  void isWorthNothingOnceItEnded(Running gitlab) {
    long project = projectWithMain(gitlab);
    JsonNode job = start(gitlab.root(), project, "ref", "main").expect(201).json();
    Api bearer = gitlab.anonymous().with("Job-Token", job.path("token").asString());
    String path = "/api/v4/jobs/" + job.path("id").asLong();
    bearer.get(AGENTS).expect(200);
    gitlab.anonymous().put(path, Api.object("token", "glcbt-x", "state", "success")).expect(403);

    JsonNode ended =
        gitlab
            .anonymous()
            .put(path, Api.object("token", job.path("token").asString(), "state", "failed"))
            .expect(200)
            .json();

    assertThat(ended.path("status").asString()).isEqualTo("failed");
    assertThat(ended.path("failure_reason").asString()).isEqualTo("script_failure");
    assertThat(ended.has("token")).isFalse();
    assertThat(bearer.get(AGENTS).expect(401).body())
        .isEqualTo("{\"message\":\"401 Unauthorized\"}");
    bearer.get("/api/v4/job").expect(401);
    bearer.get("/api/v4/job/kubeconfig").expect(401);
    gitlab
        .anonymous()
        .put(path, Api.object("token", job.path("token").asString(), "state", "success"))
        .expect(403);
  }

  @Test
  void diesWhenItsTimeIsOverAndIsWrittenDownByTheSweep(Running gitlab) {
    long project = projectWithMain(gitlab);
    JsonNode job = start(gitlab.root(), project, "ref", "main", "timeout", 60).expect(201).json();
    Api bearer = gitlab.anonymous().with("Job-Token", job.path("token").asString());
    assertThat(bearer.get("/api/v4/job").expect(200).json().path("timeout").asLong()).isEqualTo(60);

    gitlab.sql(
        "update ci_jobs set expires_at = now() - interval '1 second' where id = "
            + job.path("id").asLong());

    bearer.get(AGENTS).expect(401);
    gitlab.bean(Jobs.class).sweep();
    JsonNode swept = get(gitlab.root(), project, job).json();
    assertThat(swept.path("status").asString()).isEqualTo("failed");
    assertThat(swept.path("failure_reason").asString()).isEqualTo("job_execution_timeout");
  }

  @Test
  void canBeCanceledByADeveloperAndListed(Running gitlab) {
    long project = projectWithMain(gitlab);
    Person developer = gitlab.newMember(project, 30);
    JsonNode kept = start(gitlab.root(), project, "ref", "main", "name", "kept").json();
    JsonNode job = start(gitlab.root(), project, "ref", "main").expect(201).json();

    JsonNode canceled =
        developer
            .api()
            .post("/api/v4/projects/%d/jobs/%d/cancel".formatted(project, job.path("id").asLong()))
            .expect(201)
            .json();

    assertThat(canceled.path("status").asString()).isEqualTo("canceled");
    gitlab.anonymous().with("Job-Token", job.path("token").asString()).get(AGENTS).expect(401);
    Api.Answer running =
        developer
            .api()
            .get("/api/v4/projects/" + project + "/jobs?scope[]=running".replace("[]", "%5B%5D"));
    assertThat(running.expect(200).json().valueStream().map(node -> node.path("id").asLong()))
        .containsExactly(kept.path("id").asLong());
    assertThat(running.header("X-Total")).isEqualTo("1");
    assertThat(running.body()).doesNotContain("glcbt-");
    developer.api().get("/api/v4/projects/" + project + "/jobs?scope=never").expect(400);
  }

  @Test
  void runsInTheNameOfAMemberWhoMayRunIt(Running gitlab) {
    long project = projectWithMain(gitlab);
    Person developer = gitlab.newMember(project, 30);
    Person maintainer = gitlab.newMember(project, 40);
    Person reporter = gitlab.newMember(project, 20);

    JsonNode job =
        start(maintainer.api(), project, "ref", "main", "user_id", developer.id())
            .expect(201)
            .json();

    assertThat(
            gitlab
                .anonymous()
                .with("Job-Token", job.path("token").asString())
                .get(AGENTS)
                .expect(200)
                .json()
                .path("user")
                .path("username")
                .asString())
        .isEqualTo(developer.username());
    assertThat(
            start(maintainer.api(), project, "ref", "main", "user_id", reporter.id())
                .expect(400)
                .body())
        .contains("Insufficient permissions to create a new pipeline");
    start(maintainer.api(), project, "ref", "main", "user_id", 99_999_999).expect(404);
    start(developer.api(), project, "ref", "main").expect(403);
    start(gitlab.newUser().api(), project, "ref", "main").expect(404);
    start(gitlab.anonymous(), project, "ref", "main").expect(404);
    assertThat(
            gitlab.sqlValue(
                "select author_name || ' ' || (details->>'user_id') from audit_events"
                    + " where name = 'ci_job_started' and target_id = "
                    + job.path("id").asLong()))
        .isEqualTo(maintainer.username() + " " + developer.id());
  }

  @Test
  void startsWithATriggerTokenOfItsProjectAndNoOther(Running gitlab) {
    long project = projectWithMain(gitlab);
    long other = projectWithMain(gitlab);
    Person maintainer = gitlab.newMember(project, 40);
    String triggers = "/api/v4/projects/" + project + "/triggers";
    JsonNode trigger =
        maintainer.api().post(triggers, "description", "external CI").expect(201).json();
    String token = trigger.path("token").asString();
    assertThat(token).startsWith("glptt-");

    JsonNode job =
        start(gitlab.anonymous(), project, "token", token, "ref", "main").expect(201).json();

    assertThat(job.path("user").path("username").asString()).isEqualTo(maintainer.username());
    start(gitlab.anonymous(), other, "token", token, "ref", "main").expect(404);
    start(gitlab.anonymous(), project, "token", "glptt-x", "ref", "main").expect(404);
    assertThat(
            start(gitlab.anonymous(), project, "token", token, "ref", "main", "user_id", 1)
                .expect(400)
                .body())
        .contains("user_id is not taken with a trigger token");
    JsonNode shown = maintainer.api().get(triggers).expect(200).json().get(0);
    assertThat(shown.path("token").asString()).isEqualTo(token.substring(6, 10));
    maintainer.api().delete(triggers + "/" + trigger.path("id").asLong()).expect(204);
    start(gitlab.anonymous(), project, "token", token, "ref", "main").expect(404);
    gitlab.newMember(project, 30).api().post(triggers, "description", "d").expect(403);
  }

  @Test
  void keepsToTheRulesOfProtectedBranches(Running gitlab) {
    long project = projectWithMain(gitlab);
    Person developer = gitlab.newMember(project, 30);
    long agent = gitlab.newAgent(project);
    configure(gitlab, agent, Map.of("id", gitlab.path(project), "protected_branches_only", true));
    branch(gitlab, project, "feature");
    branch(gitlab, project, "release/1");
    gitlab
        .root()
        .post("/api/v4/projects/" + project + "/protected_branches", "name", "release/*")
        .expect(201);

    assertThat(agentsOf(gitlab, start(gitlab.root(), project, "ref", "feature"))).isEmpty();
    assertThat(agentsOf(gitlab, start(gitlab.root(), project, "ref", "release/1")))
        .containsExactly(agent);
    assertThat(agentsOf(gitlab, start(gitlab.root(), project, "ref", "main")))
        .containsExactly(agent);
    assertThat(
            start(gitlab.root(), project, "ref", "release/1", "user_id", developer.id())
                .expect(400)
                .body())
        .contains("You do not have sufficient permission to run a pipeline on 'release/1'");
    assertThat(start(gitlab.root(), project, "ref", "none").expect(400).body())
        .isEqualTo("{\"message\":{\"base\":[\"Reference not found\"]}}");
    start(gitlab.root(), project, "ref", "../main").expect(400);
  }

  @Test
  void makesEnvironmentsWithGitLabsSlugsAndTiers(Running gitlab) {
    long project = projectWithMain(gitlab);

    JsonNode named =
        start(gitlab.root(), project, "ref", "main", "environment", "production").json();
    JsonNode given =
        start(
                gitlab.root(),
                project,
                "ref",
                "main",
                "environment",
                Map.of("name", "eu/live", "slug", "eu-live", "tier", "staging"))
            .json();

    assertThat(named.path("environment").path("slug").asString()).isEqualTo("production");
    assertThat(named.path("environment").path("tier").asString()).isEqualTo("production");
    assertThat(given.path("environment").path("slug").asString()).isEqualTo("eu-live");
    assertThat(given.path("environment").path("tier").asString()).isEqualTo("staging");
    assertThat(
            gitlab
                .anonymous()
                .with("Job-Token", given.path("token").asString())
                .get(AGENTS)
                .json()
                .path("environment")
                .toString())
        .isEqualTo("{\"slug\":\"eu-live\",\"tier\":\"staging\"}");
    assertThat(
            start(
                    gitlab.root(),
                    project,
                    "ref",
                    "main",
                    "environment",
                    Map.of("name", "other", "slug", "eu-live"))
                .expect(400)
                .body())
        .contains("environment[slug] eu-live belongs to another environment");
    start(
            gitlab.root(),
            project,
            "ref",
            "main",
            "environment",
            Map.of("name", "other", "slug", "eu-live"))
        .expect(400);
    assertThat(
            start(
                    gitlab.root(),
                    project,
                    "ref",
                    "main",
                    "environment",
                    Map.of("name", "a:b", "tier", "x"))
                .expect(400)
                .body())
        .contains("environment[tier does not have a valid value]")
        .contains("environment[name] is invalid");
  }

  @Test
  void namesEveryParameterThatCannotBeUsed(Running gitlab) {
    long project = projectWithMain(gitlab);

    assertThat(start(gitlab.root(), project, "name", "", "timeout", 59).expect(400).body())
        .isEqualTo(
            "{\"error\":\"ref is missing, name is invalid, timeout does not have a valid value (expected: 60-86400 seconds)\"}");
  }

  private static Api.Answer start(Api api, long project, Object... pairs) {
    return api.post("/api/v4/projects/" + project + "/jobs", pairs);
  }

  private static Api.Answer get(Api api, long project, JsonNode job) {
    return api.get("/api/v4/projects/%d/jobs/%d".formatted(project, job.path("id").asLong()))
        .expect(200);
  }

  private static List<Long> agentsOf(Running gitlab, Api.Answer started) {
    return gitlab
        .anonymous()
        .with("Job-Token", started.expect(201).json().path("token").asString())
        .get(AGENTS)
        .expect(200)
        .json()
        .path("allowed_agents")
        .valueStream()
        .map(node -> node.path("id").asLong())
        .toList();
  }

  private static String user(long agent, String token) {
    return "{\"name\":\"agent:%d\",\"user\":{\"token\":\"ci:%d:%s\"}}"
        .formatted(agent, agent, token);
  }

  private static String context(Running gitlab, long project, long agent) {
    return gitlab.path(project)
        + ":"
        + gitlab
            .root()
            .get("/api/v4/projects/" + project + "/cluster_agents/" + agent)
            .expect(200)
            .json()
            .path("name")
            .asString();
  }

  private static long projectWithMain(Running gitlab) {
    long project = gitlab.newProject("private");
    commit(gitlab, project, "main", "a");
    return project;
  }

  private static void branch(Running gitlab, long project, String name) {
    gitlab
        .root()
        .post(
            "/api/v4/projects/" + project + "/repository/commits",
            "branch",
            name,
            "start_branch",
            "main",
            "commit_message",
            "m",
            "actions",
            List.of(Map.of("action", "create", "file_path", "b", "content", "1")))
        .expect(201);
  }

  private static void commit(Running gitlab, long project, String branch, String file) {
    gitlab
        .root()
        .post(
            "/api/v4/projects/" + project + "/repository/commits",
            "branch",
            branch,
            "commit_message",
            "m",
            "actions",
            List.of(Map.of("action", "create", "file_path", file, "content", "1")))
        .expect(201);
  }

  private static void configure(Running gitlab, long agent, Map<String, Object> entry) {
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "agent_id",
            agent,
            "agent_config",
            Map.of("ci_access", Map.of("projects", List.of(entry))))
        .expect(204);
  }
}
