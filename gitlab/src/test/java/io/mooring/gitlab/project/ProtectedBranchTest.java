package io.mooring.gitlab.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.testkit.git.GitCommand;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rules of branches, by REST and as a push meets them. */
@ExtendWith(GitLabUnderTest.class)
class ProtectedBranchTest {
  @TempDir Path directory;

  @Test
  void areMadeShownChangedAndRemovedInGitLabsForm(Running gitlab) {
    long project = gitlab.newProject("private");
    String path = "/api/v4/projects/" + project + "/protected_branches";

    JsonNode made =
        gitlab
            .root()
            .post(path, "name", "release/*", "push_access_level", 0, "merge_access_level", 30)
            .expect(201)
            .json();

    assertThat(made.toString())
        .isEqualTo(
            ("{\"id\":%d,\"name\":\"release/*\","
                    + "\"push_access_levels\":[{\"access_level\":0,\"access_level_description\":\"No one\",\"user_id\":null,\"group_id\":null}],"
                    + "\"merge_access_levels\":[{\"access_level\":30,\"access_level_description\":\"Developers + Maintainers\",\"user_id\":null,\"group_id\":null}],"
                    + "\"allow_force_push\":false,\"code_owner_approval_required\":false}")
                .formatted(made.path("id").asLong()));
    assertThat(gitlab.root().post(path, "name", "release/*").expect(409).body())
        .isEqualTo("{\"message\":\"Protected branch 'release/*' already exists\"}");
    gitlab.root().post(path, "name", "a..b").expect(400);
    gitlab.root().post(path, "name", "x", "push_access_level", 35).expect(400);
    JsonNode changed =
        gitlab
            .root()
            .send("PATCH", path + "/release%2F*", Api.object("allow_force_push", true))
            .expect(200)
            .json();
    assertThat(changed.path("allow_force_push").asBoolean()).isTrue();
    assertThat(gitlab.root().get(path + "?search=REL").expect(200).json().size()).isEqualTo(1);
    gitlab.root().get(path + "/release%2F*").expect(200);
    gitlab.root().delete(path + "/release%2F*").expect(204);
    gitlab.root().get(path + "/release%2F*").expect(404);
    assertThat(
            gitlab.sqlValue(
                "select string_agg(name, ' ' order by id) from audit_events where entity_type = 'project'"
                    + " and name like 'protected%' and entity_id = "
                    + project))
        .isEqualTo("protected_branch_created protected_branch_updated protected_branch_removed");
  }

  @Test
  void bindWhoPushes(Running gitlab) {
    long project = gitlab.newProject("private");
    Person developer = gitlab.newMember(project, 30);
    Person maintainer = gitlab.newMember(project, 40);
    String path = "/api/v4/projects/" + project + "/protected_branches";
    gitlab.root().post(path, "name", "release/*").expect(201);
    gitlab.root().post(path, "name", "release/open", "push_access_level", 30).expect(201);
    gitlab.root().post(path, "name", "frozen", "push_access_level", 0).expect(201);
    gitlab.root().post(path, "name", "rewritten", "allow_force_push", true).expect(201);
    GitCommand git = GitCommand.init(directory);
    git.write("a", "1").commit("first");

    assertThat(push(gitlab, git, project, maintainer, "main:release/1")).isEmpty();
    assertThat(push(gitlab, git, project, developer, "main:release/2"))
        .contains("You are not allowed to push code to protected branches on this project.");
    // Where several rules fit, one that permits is enough.
    assertThat(push(gitlab, git, project, developer, "main:release/open")).isEmpty();
    assertThat(push(gitlab, git, project, maintainer, "main:frozen"))
        .contains("not allowed to push code to protected branches");
    assertThat(push(gitlab, git, project, maintainer, "main:rewritten")).isEmpty();
    git.run("commit", "--amend", "-m", "other");
    assertThat(push(gitlab, git, project, maintainer, "+main:release/1"))
        .contains("You are not allowed to force push code to a protected branch on this project.");
    assertThat(push(gitlab, git, project, maintainer, "+main:rewritten")).isEmpty();
    assertThat(push(gitlab, git, project, developer, ":release/1"))
        .contains("You are not allowed to delete protected branches from this project.");
    assertThat(push(gitlab, git, project, maintainer, ":release/1")).isEmpty();
  }

  private static String push(
      Running gitlab, GitCommand git, long project, Person person, String refspec) {
    var output =
        git.command(
                "push",
                gitlab.repository(project, person.username(), person.api().token()),
                refspec)
            .run();
    return output.exitCode() == 0 ? "" : output.stderr();
  }
}
