package io.mooring.gitlab.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Projects and groups that move, and who may use which cluster afterwards. */
@ExtendWith(GitLabUnderTest.class)
class TransferTest {
  @Test
  void movesAProjectAndTakesItOutOfTheReachOfTheAgentsItLeaves(Running gitlab) {
    gitlab.application().connectKas(URI.create("grpc://127.0.0.1:1"));
    long from = gitlab.newGroup();
    long to = gitlab.newGroup();
    long project = projectIn(gitlab, from);
    long agent = gitlab.newAgent(projectIn(gitlab, from));
    Person developer = gitlab.newMember(project, 30);
    serve(gitlab, agent, gitlab.path(project));
    assertThat(served(gitlab, agent)).isEqualTo("1 1");
    authorize(gitlab, agent, developer).expect(201);

    JsonNode moved =
        gitlab
            .root()
            .put("/api/v4/projects/" + project + "/transfer", Api.object("namespace", to))
            .expect(200)
            .json();

    assertThat(moved.path("namespace").path("id").asLong()).isEqualTo(to);
    assertThat(moved.path("path_with_namespace").asString())
        .isEqualTo(
            group(gitlab, to).path("full_path").asString() + "/" + moved.path("path").asString());
    assertThat(served(gitlab, agent)).isEqualTo("0 0");
    authorize(gitlab, agent, developer).expect(403);
    gitlab
        .root()
        .put("/api/v4/projects/" + project + "/transfer", Api.object("namespace", from))
        .expect(200);
    // The configuration names a path, which means the project again.
    assertThat(served(gitlab, agent)).isEqualTo("1 1");
    assertThat(
            gitlab
                .root()
                .get("/api/v4/projects/" + project + "/audit_events")
                .expect(200)
                .json()
                .valueStream()
                .map(event -> event.path("event_name").asString()))
        .startsWith("project_namespace_updated", "project_namespace_updated");
  }

  @Test
  void movesAGroupWithAllThatStandsInIt(Running gitlab) {
    long root = gitlab.newGroup();
    long other = gitlab.newGroup();
    long outer = subgroup(gitlab, root);
    long inner = subgroup(gitlab, outer);
    long project = projectIn(gitlab, inner);
    long agent = gitlab.newAgent(projectIn(gitlab, root));
    serve(gitlab, agent, gitlab.path(project));
    assertThat(served(gitlab, agent)).isEqualTo("1 1");

    transfer(gitlab.root(), outer, other).expect(201);

    assertThat(gitlab.path(project))
        .startsWith(group(gitlab, other).path("full_path").asString() + "/");
    assertThat(
            gitlab.sqlValue(
                "select array_to_string(traversal_ids, ',') from namespaces where id = " + inner))
        .isEqualTo(other + "," + outer + "," + inner);
    assertThat(served(gitlab, agent)).isEqualTo("0 0");
    gitlab.root().post("/api/v4/groups/" + outer + "/transfer", "{}").expect(201);
    assertThat(
            gitlab.sqlValue(
                "select array_to_string(traversal_ids, ',') from namespaces where id = " + inner))
        .isEqualTo(outer + "," + inner);
    assertThat(group(gitlab, outer).path("parent_id").isNull()).isTrue();
  }

  @Test
  void refusesPlacesWhereItCannotStand(Running gitlab) {
    long root = gitlab.newGroup();
    long outer = subgroup(gitlab, root);
    long inner = subgroup(gitlab, outer);
    long project = projectIn(gitlab, root);
    String name = gitlab.path(project).replaceFirst(".*/", "");
    gitlab.root().post("/api/v4/projects", "name", name, "namespace_id", outer).expect(201);

    assertThat(transfer(gitlab.root(), outer, inner).expect(400).body())
        .contains("Cannot transfer group to one of its subgroup.");
    assertThat(transfer(gitlab.root(), outer, root).expect(400).body())
        .contains("Group is already associated to the parent group.");
    assertThat(gitlab.root().post("/api/v4/groups/" + root + "/transfer", "{}").expect(400).body())
        .contains("Group is already a root group.");
    String path = "/api/v4/projects/" + project + "/transfer";
    assertThat(gitlab.root().put(path, Api.object("namespace", root)).expect(400).body())
        .contains("Project is already in this namespace.");
    assertThat(gitlab.root().put(path, Api.object("namespace", outer)).expect(400).body())
        .contains("already exists");
    gitlab.root().put(path, Api.object("namespace", "no/such")).expect(404);
    gitlab.root().put(path, "{}").expect(400);
  }

  @Test
  void isForOwnersWhoMayMakeThingsThere(Running gitlab) {
    long from = gitlab.newGroup();
    long to = gitlab.newGroup();
    long project = projectIn(gitlab, from);
    Person owner = gitlab.newMember(project, 50);
    Person maintainer = gitlab.newMember(project, 40);
    String path = "/api/v4/projects/" + project + "/transfer";

    maintainer.api().put(path, Api.object("namespace", to)).expect(403);
    owner.api().put(path, Api.object("namespace", to)).expect(404);
    gitlab
        .root()
        .post("/api/v4/groups/" + to + "/members", "user_id", owner.id(), "access_level", 30)
        .expect(201);
    owner.api().put(path, Api.object("namespace", to)).expect(403);
    transfer(owner.api(), from, to).expect(403);
    owner.api().put(path, Api.object("namespace", owner.username())).expect(200);
  }

  private static Api.Answer transfer(Api api, long group, long parent) {
    return api.post("/api/v4/groups/" + group + "/transfer", "group_id", parent);
  }

  private static String served(Running gitlab, long agent) {
    return gitlab.sqlValue(
        """
        select (select count(*) from agent_project_authorizations where agent_id = %1$d) || ' ' ||
          (select count(*) from agent_user_access_project_authorizations where agent_id = %1$d)\
        """
            .formatted(agent));
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

  private static void serve(Running gitlab, long agent, String path) {
    List<Map<String, String>> projects = List.of(Map.of("id", path));
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "agent_id",
            agent,
            "agent_config",
            Map.of(
                "ci_access",
                Map.of("projects", projects),
                "user_access",
                Map.of("access_as", Map.of("agent", Map.of()), "projects", projects)))
        .expect(204);
  }

  private static JsonNode group(Running gitlab, long id) {
    return gitlab.root().get("/api/v4/groups/" + id).expect(200).json();
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
}
