package io.mooring.gitlab.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(GitLabUnderTest.class)
class ProjectApiTest {
  @Test
  void findsAProjectByIdAndByPathInAnyCase(Running gitlab) {
    String name = GitLabUnderTest.unique("Find");
    long id = gitlab.root().post("/api/v4/projects", "name", name, "path", name).expect(201).id();

    for (String path :
        new String[] {
          "" + id, "root%2F" + name, "ROOT%2f" + name.toUpperCase(java.util.Locale.ROOT)
        }) {
      assertThat(gitlab.root().get("/api/v4/projects/" + path).expect(200).id()).isEqualTo(id);
    }
  }

  @Test
  void makesARepositoryAndRemovesItWithTheProject(Running gitlab) throws IOException {
    long id = gitlab.newProject("private");
    Path repository =
        gitlab
            .directory()
            .resolve("repositories")
            .resolve(
                io.mooring.gitlab.gitaly.RepositoryCoordinates.ofProject(id, "x", "default")
                    .relativePath());
    boolean made = Files.isDirectory(repository);

    gitlab.root().delete("/api/v4/projects/" + id).expect(202);

    assertThat(made).isTrue();
    gitlab.root().get("/api/v4/projects/" + id).expect(404);
    await().atMost(Duration.ofSeconds(10)).until(() -> !Files.exists(repository));
    assertThat(gitlab.sqlValue("select count(*) from repository_removals")).isEqualTo("0");
  }

  @Test
  void refusesANameThatIsTakenWhateverItsCase(Running gitlab) {
    String name = GitLabUnderTest.unique("taken");
    gitlab.root().post("/api/v4/projects", "name", name).expect(201);

    Api.Answer again =
        gitlab
            .root()
            .post(
                "/api/v4/projects",
                "name",
                name.toUpperCase(java.util.Locale.ROOT),
                "path",
                name.toUpperCase(java.util.Locale.ROOT));

    assertThat(again.status()).isEqualTo(400);
    assertThat(again.json().path("message").path("path").get(0).asString())
        .isEqualTo("has already been taken");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-a", ".a", "a.git", "a.atom", "a/b", "a b", "a..b", "", "ä", "a."})
  void refusesAPathThatCannotBePartOfAnAddress(String path, Running gitlab) {
    gitlab.root().post("/api/v4/projects", "name", "n", "path", path).expect(400);
  }

  @Test
  void refusesTheNamesThatTheApplicationAnswersItself(Running gitlab) {
    for (String path : new String[] {"api", "-", "users", "groups", "API"}) {
      gitlab.root().post("/api/v4/groups", "name", "n", "path", path).expect(400);
    }
  }

  @Test
  void takesAUsernameAndAGroupPathOnlyOnce(Running gitlab) {
    Person person = gitlab.newUser();

    Api.Answer group = gitlab.root().post("/api/v4/groups", "name", "n", "path", person.username());
    gitlab.root().get("/api/v4/users?username=" + person.username()).expect(200);

    assertThat(group.status()).isEqualTo(400);
    assertThat(group.json().path("message").asString())
        .isEqualTo("Failed to save group {:path=>[\"has already been taken\"]}");
  }

  @Test
  void changesAProjectAndMovesItsAddress(Running gitlab) {
    long id = gitlab.newProject("private");
    String path = GitLabUnderTest.unique("renamed");

    JsonNode project =
        gitlab
            .root()
            .put(
                "/api/v4/projects/" + id,
                Api.object(
                    "path", path, "name", "New name", "visibility", "public", "description", "d"))
            .expect(200)
            .json();

    assertThat(project.path("path_with_namespace").asString()).isEqualTo("root/" + path);
    assertThat(project.path("name").asString()).isEqualTo("New name");
    assertThat(project.path("visibility").asString()).isEqualTo("public");
    assertThat(gitlab.anonymous().get("/api/v4/projects/root%2F" + path).expect(200).id())
        .isEqualTo(id);
  }

  @Test
  void refusesADefaultBranchThatDoesNotExist(Running gitlab) {
    long id = gitlab.newProject("private");

    gitlab.root().put("/api/v4/projects/" + id, Api.object("default_branch", "none")).expect(400);
    gitlab.root().put("/api/v4/projects/" + id, Api.object("default_branch", "a..b")).expect(400);
  }

  @Test
  void listsOnlyWhatSomebodyMayKnowOf(Running gitlab) {
    Person person = gitlab.newUser();
    String prefix = GitLabUnderTest.unique("listed");
    Map<String, String> visibilities =
        Map.of(
            "public", "public", "internal", "internal", "private", "private", "member", "private");
    for (var entry : visibilities.entrySet()) {
      long id =
          gitlab
              .root()
              .post(
                  "/api/v4/projects",
                  "name",
                  prefix + entry.getKey(),
                  "visibility",
                  entry.getValue())
              .expect(201)
              .id();
      if (entry.getKey().equals("member")) {
        gitlab
            .root()
            .post("/api/v4/projects/" + id + "/members", "user_id", person.id(), "access_level", 10)
            .expect(201);
      }
    }

    assertThat(names(gitlab.anonymous(), prefix)).containsExactlyInAnyOrder("public");
    assertThat(names(person.api(), prefix))
        .containsExactlyInAnyOrder("public", "internal", "member");
    assertThat(names(gitlab.root(), prefix))
        .containsExactlyInAnyOrder("public", "internal", "private", "member");
  }

  @Test
  void givesMembersOfAGroupTheirRoleInEverythingBelowIt(Running gitlab) {
    long outer = gitlab.newGroup();
    String name = GitLabUnderTest.unique("inner");
    long inner =
        gitlab
            .root()
            .post("/api/v4/groups", "name", name, "path", name, "parent_id", outer)
            .expect(201)
            .id();
    long project =
        gitlab.root().post("/api/v4/projects", "name", "p", "namespace_id", inner).expect(201).id();
    Person person = gitlab.newUser();
    person.api().get("/api/v4/projects/" + project).expect(404);

    gitlab
        .root()
        .post("/api/v4/groups/" + outer + "/members", "user_id", person.id(), "access_level", 40)
        .expect(201);

    person.api().post("/api/v4/projects/" + project + "/cluster_agents", "name", "a").expect(201);
    gitlab
        .root()
        .put(
            "/api/v4/groups/" + outer + "/members/" + person.id(),
            Api.object("access_level", 40, "expires_at", "2020-01-01"))
        .expect(200);
    person.api().get("/api/v4/projects/" + project).expect(404);
  }

  @Test
  void movesEverythingBelowAGroupThatIsRenamed(Running gitlab) {
    long group = gitlab.newGroup();
    long project =
        gitlab.root().post("/api/v4/projects", "name", "p", "namespace_id", group).expect(201).id();
    String path = GitLabUnderTest.unique("moved");

    gitlab.root().put("/api/v4/groups/" + group, Api.object("path", path)).expect(200);

    assertThat(gitlab.path(project)).isEqualTo(path + "/p");
  }

  @Test
  void removesAGroupWithItsProjects(Running gitlab) {
    long group = gitlab.newGroup();
    long project =
        gitlab.root().post("/api/v4/projects", "name", "p", "namespace_id", group).expect(201).id();

    gitlab.root().delete("/api/v4/groups/" + group).expect(202);

    gitlab.root().get("/api/v4/groups/" + group).expect(404);
    gitlab.root().get("/api/v4/projects/" + project).expect(404);
  }

  @Test
  void removesAUserWithTheirProjects(Running gitlab) {
    Person person = gitlab.newUser();
    long project = person.api().post("/api/v4/projects", "name", "p").expect(201).id();

    gitlab.root().delete("/api/v4/users/" + person.id()).expect(204);

    gitlab.root().get("/api/v4/projects/" + project).expect(404);
    person.api().get("/api/v4/user").expect(401);
  }

  @Test
  void refusesAProjectThatIsMoreVisibleThanItsGroup(Running gitlab) {
    long group = gitlab.newGroup();

    gitlab
        .root()
        .post("/api/v4/projects", "name", "p", "namespace_id", group, "visibility", "public")
        .expect(400);
  }

  @Test
  void letsNobodyGiveARoleAboveTheirOwn(Running gitlab) {
    long project = gitlab.newProject("private");
    Person maintainer = gitlab.newMember(project, 40);
    Person owner = gitlab.newMember(project, 50);
    Person other = gitlab.newUser();
    String path = "/api/v4/projects/" + project + "/members";

    maintainer.api().post(path, "user_id", other.id(), "access_level", 50).expect(403);
    maintainer.api().put(path + "/" + owner.id(), Api.object("access_level", 10)).expect(403);
    maintainer.api().delete(path + "/" + owner.id()).expect(403);
    maintainer.api().post(path, "user_id", other.id(), "access_level", 40).expect(201);
    maintainer.api().post(path, "user_id", other.id(), "access_level", 40).expect(409);
    other.api().delete(path + "/" + other.id()).expect(204);
  }

  @Test
  void keepsTheLastOwnerOfAGroup(Running gitlab) {
    Person person = gitlab.newUser();
    String name = GitLabUnderTest.unique("own");
    long group = person.api().post("/api/v4/groups", "name", name, "path", name).expect(201).id();
    String self = "/api/v4/groups/" + group + "/members/" + person.id();

    person.api().delete(self).expect(403);
    person.api().put(self, Api.object("access_level", 10)).expect(403);
  }

  private static java.util.List<String> names(Api api, String prefix) {
    return api.get("/api/v4/projects?per_page=100&search=" + prefix)
        .expect(200)
        .json()
        .valueStream()
        .map(node -> node.path("name").asString().substring(prefix.length()))
        .toList();
  }
}
