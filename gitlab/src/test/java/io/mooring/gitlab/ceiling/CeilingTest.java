package io.mooring.gitlab.ceiling;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.identity.TokenDigest;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What administrators set over the configuration of an agent. */
@ExtendWith(GitLabUnderTest.class)
class CeilingTest {
  @BeforeEach
  void connectKas(Running gitlab) {
    gitlab.application().connectKas(URI.create("grpc://127.0.0.1:1"));
  }

  @Test
  void isSetChangedShownAndRemovedAndEachIsWrittenDown(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person maintainer = gitlab.newMember(project, 40);
    String own = "/api/v4/projects/%d/cluster_agents/%d/ceiling".formatted(project, agent);
    gitlab.root().get(path(agent)).expect(404);
    maintainer.api().get(own).expect(404);

    String whole =
        "{\"projects\":[%d],\"groups\":[],\"identities\":[\"agent\"],\"verbs\":[\"get\",\"list\"],"
                .formatted(project)
            + "\"namespaces\":[\"team-*\"],\"subresources\":[\"log\"],\"non_resource_paths\":false}";
    gitlab.root().put(path(agent), whole).expect(200);

    assertThat(maintainer.api().get(own).expect(200).json().path("ceiling").toString())
        .isEqualTo(whole);
    gitlab.newMember(project, 30).api().get(own).expect(403);
    gitlab.root().put(path(agent), "{\"verbs\":[]}").expect(200);
    assertThat(gitlab.root().get(path(agent)).expect(200).json().path("ceiling").toString())
        .isEqualTo("{\"verbs\":[]}");
    assertThat(
            gitlab
                .root()
                .get("/api/v4/admin/ceilings?per_page=100")
                .expect(200)
                .json()
                .valueStream()
                .map(node -> node.path("agent_id").asLong()))
        .contains(agent);
    gitlab.root().delete(path(agent)).expect(204);
    gitlab.root().delete(path(agent)).expect(404);

    List<JsonNode> events =
        maintainer
            .api()
            .get("/api/v4/projects/" + project + "/audit_events")
            .expect(200)
            .json()
            .valueStream()
            .filter(event -> event.path("event_name").asString().contains("ceiling"))
            .toList();
    assertThat(events)
        .extracting(event -> event.path("event_name").asString())
        .containsExactly(
            "cluster_agent_ceiling_removed",
            "cluster_agent_ceiling_set",
            "cluster_agent_ceiling_set");
    JsonNode details = events.get(1).path("details");
    assertThat(details.path("change").path("from")).isEqualTo(Json.MAPPER.readTree(whole));
    assertThat(details.path("change").path("to").toString()).isEqualTo("{\"verbs\":[]}");
    assertThat(details.path("author_name").asString()).isEqualTo("root");
    assertThat(details.path("ip_address").asString()).isEqualTo("127.0.0.1");
    assertThat(details.path("request_id").asString()).isNotEmpty();
  }

  @Test
  void belongsToAdministratorsAlone(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person owner = gitlab.newMember(project, 50);

    for (Api api : List.of(owner.api(), gitlab.newUser().api())) {
      api.put(path(agent), "{}").expect(403);
      api.get(path(agent)).expect(403);
      api.delete(path(agent)).expect(403);
      api.get("/api/v4/admin/ceilings").expect(403);
    }
    gitlab.anonymous().put(path(agent), "{}").expect(401);
    gitlab.root().put(path(99_999_999), "{}").expect(404);
  }

  @Test
  void saysWhatIsWrongAndKeepsWhatWasSet(Running gitlab) {
    long agent = gitlab.newAgent(gitlab.newProject("private"));
    gitlab.root().put(path(agent), "{\"verbs\":[\"get\"]}").expect(200);

    String error =
        gitlab
            .root()
            .put(
                path(agent),
                "{\"projects\":[99999999,\"x\"],\"groups\":7,\"identities\":[\"root\"],\"verbs\":[\"lst\"],"
                    + "\"namespaces\":[\"Team\"],\"subresources\":[\"\"],\"non_resource_paths\":1,\"verb\":[]}")
            .expect(400)
            .json()
            .path("error")
            .asString();

    assertThat(error)
        .contains("verb is unknown (expected: groups, identities, namespaces,")
        .contains("projects[1] is \"x\" (expected: the number of a project)")
        .contains("projects: 99999999 is the number of no project")
        .contains("groups is not a list (expected: at most 500 entries)")
        .contains("identities[0] is \"root\" (expected: one of agent, ci_job, impersonate, user)")
        .contains("verbs[0] is \"lst\" (expected: one of *, create, delete,")
        .contains("namespaces[0] is \"Team\"")
        .contains("subresources[0] is \"\"")
        .contains("non_resource_paths is 1 (expected: true or false)");
    assertThat(gitlab.root().get(path(agent)).json().path("ceiling").toString())
        .isEqualTo("{\"verbs\":[\"get\"]}");
  }

  @Test
  void reachesKasWithTheAgentsOfAJobAndLeavesOutProjectsBeyondIt(Running gitlab) {
    long outer = gitlab.newGroup();
    long project = projectIn(gitlab, outer);
    long other = projectIn(gitlab, outer);
    long byGroup = gitlab.newAgent(project);
    long byProject = gitlab.newAgent(project);
    long foreign = gitlab.newAgent(project);
    long nobody = gitlab.newAgent(project);
    long free = gitlab.newAgent(project);
    gitlab
        .root()
        .put(path(byGroup), "{\"groups\":[" + outer + "],\"verbs\":[\"get\"]}")
        .expect(200);
    gitlab.root().put(path(byProject), "{\"projects\":[" + project + "]}").expect(200);
    gitlab.root().put(path(foreign), "{\"projects\":[" + other + "]}").expect(200);
    gitlab.root().put(path(nobody), "{\"projects\":[],\"groups\":[]}").expect(200);

    JsonNode agents =
        gitlab
            .anonymous()
            .with("Job-Token", job(gitlab, project))
            .get("/api/v4/job/allowed_agents")
            .expect(200)
            .json()
            .path("allowed_agents");

    assertThat(agents.valueStream().map(node -> node.path("id").asLong()))
        .containsExactly(byGroup, byProject, free);
    assertThat(agents.get(0).path("ceiling").toString())
        .isEqualTo("{\"groups\":[" + outer + "],\"verbs\":[\"get\"]}");
    assertThat(agents.get(2).has("ceiling")).isFalse();
  }

  @Test
  void bindsPeopleToTheProjectsAndGroupsWithinIt(Running gitlab) {
    long group = gitlab.newGroup();
    long within = projectIn(gitlab, group);
    long beyond = gitlab.newProject("private");
    long project = projectIn(gitlab, group);
    long agent = gitlab.newAgent(project);
    Person person = gitlab.newMember(within, 30);
    Person maintainer = gitlab.newMember(project, 40);
    userAccess(gitlab, agent, within, project);
    gitlab
        .root()
        .put(path(agent), "{\"projects\":[" + within + "],\"identities\":[\"user\"]}")
        .expect(200);

    Api.Answer let = authorize(gitlab, agent, person);
    Api.Answer refused = authorize(gitlab, agent, maintainer);

    assertThat(let.expect(201).json().path("ceiling").toString())
        .isEqualTo("{\"identities\":[\"user\"]}");
    assertThat(let.json().path("access_as").path("user").path("projects").size()).isEqualTo(1);
    assertThat(refused.expect(403).body())
        .contains("is within the ceiling of this agent")
        .doesNotContain("" + beyond);
    gitlab.root().delete(path(agent)).expect(204);
    assertThat(authorize(gitlab, agent, maintainer).expect(201).json().has("ceiling")).isFalse();
  }

  private static String path(long agent) {
    return "/api/v4/admin/cluster_agents/" + agent + "/ceiling";
  }

  private static Api.Answer authorize(Running gitlab, long agent, Person person) {
    return gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/authorize_proxy_user",
            "agent_id",
            agent,
            "access_type",
            "personal_access_token",
            "access_key",
            person.api().token());
  }

  private static void userAccess(Running gitlab, long agent, long... projects) {
    List<Map<String, String>> entries =
        java.util.Arrays.stream(projects).mapToObj(id -> Map.of("id", gitlab.path(id))).toList();
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "agent_id",
            agent,
            "agent_config",
            Map.of(
                "user_access", Map.of("access_as", Map.of("user", Map.of()), "projects", entries)))
        .expect(204);
  }

  private static long projectIn(Running gitlab, long group) {
    return gitlab
        .root()
        .post("/api/v4/projects", "name", GitLabUnderTest.unique("p"), "namespace_id", group)
        .expect(201)
        .id();
  }

  private static String job(Running gitlab, long project) {
    String token = GitLabUnderTest.unique("job-token-");
    gitlab.sql(
        """
        with p as (insert into ci_pipelines (project_id, ref, created_at) values (%d, 'main', now()) returning id)
        insert into ci_jobs (pipeline_id, user_id, status, token_digest, created_at)
        select id, 1, 'running', '\\x%s', now() from p\
        """
            .formatted(project, HexFormat.of().formatHex(TokenDigest.of(token))));
    return token;
  }
}
