package io.mooring.gitlab.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.testkit.git.GitCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@ExtendWith(GitLabUnderTest.class)
class RepositoryApiTest {
  @TempDir Path directory;

  private record Pushed(long project, String first, String second) {
    String path() {
      return "/api/v4/projects/" + project + "/repository";
    }
  }

  @Test
  void listsBranches(Running gitlab) {
    Pushed pushed = push(gitlab);

    Api.Answer branches = gitlab.root().get(pushed.path() + "/branches").expect(200);
    JsonNode other = gitlab.root().get(pushed.path() + "/branches/feature%2Fx").expect(200).json();

    assertThat(branches.header("X-Total")).isEqualTo("2");
    assertThat(branches.json().valueStream().map(node -> node.path("name").asString()))
        .containsExactly("feature/x", "main");
    assertThat(branches.json().get(1).path("default").asBoolean()).isTrue();
    assertThat(other.path("commit").path("id").asString()).isEqualTo(pushed.first());
    assertThat(other.path("default").asBoolean()).isFalse();
  }

  @Test
  void listsCommitsNewestFirst(Running gitlab) {
    Pushed pushed = push(gitlab);

    JsonNode commits = gitlab.root().get(pushed.path() + "/commits").expect(200).json();
    Api.Answer page = gitlab.root().get(pushed.path() + "/commits?per_page=1&ref_name=main");
    JsonNode single =
        gitlab.root().get(pushed.path() + "/commits/" + pushed.first()).expect(200).json();

    assertThat(commits.valueStream().map(node -> node.path("id").asString()))
        .containsExactly(pushed.second(), pushed.first());
    assertThat(page.json().size()).isEqualTo(1);
    assertThat(page.header("X-Next-Page")).isEqualTo("2");
    assertThat(single.path("title").asString()).isEqualTo("first");
    assertThat(single.path("author_name").asString()).isEqualTo("Ada Author");
    assertThat(single.path("short_id").asString()).isEqualTo(pushed.first().substring(0, 8));
    gitlab.root().get(pushed.path() + "/commits?ref_name=none").expect(404);
  }

  @Test
  void listsDirectories(Running gitlab) {
    Pushed pushed = push(gitlab);

    JsonNode root = gitlab.root().get(pushed.path() + "/tree").expect(200).json();
    JsonNode below = gitlab.root().get(pushed.path() + "/tree?path=dir").expect(200).json();
    JsonNode all = gitlab.root().get(pushed.path() + "/tree?recursive=true").expect(200).json();

    assertThat(
            root.valueStream()
                .map(node -> node.path("type").asString() + " " + node.path("path").asString()))
        .containsExactly("tree .gitlab", "blob a.txt", "tree dir");
    assertThat(below.get(0).path("path").asString()).isEqualTo("dir/b.txt");
    assertThat(below.get(0).path("name").asString()).isEqualTo("b.txt");
    assertThat(below.get(0).path("mode").asString()).isEqualTo("100644");
    assertThat(all.valueStream().map(node -> node.path("path").asString()))
        .contains("dir/b.txt", ".gitlab/agents/x/config.yaml");
    gitlab.root().get(pushed.path() + "/tree?path=none").expect(404);
    gitlab.root().get(pushed.path() + "/tree?path=..%2F..").expect(404);
  }

  @Test
  void readsAFileByItsEncodedPath(Running gitlab) {
    Pushed pushed = push(gitlab);

    JsonNode file =
        gitlab
            .root()
            .get(pushed.path() + "/files/%2Egitlab%2Fagents%2Fx%2Fconfig%2Eyaml?ref=main")
            .expect(200)
            .json();
    Api.Answer raw =
        gitlab.root().get(pushed.path() + "/files/dir%2Fb.txt/raw?ref=" + pushed.first());

    assertThat(file.path("file_path").asString()).isEqualTo(".gitlab/agents/x/config.yaml");
    assertThat(file.path("commit_id").asString()).isEqualTo(pushed.second());
    assertThat(file.path("last_commit_id").asString()).isEqualTo(pushed.first());
    assertThat(
            new String(
                Base64.getDecoder().decode(file.path("content").asString()),
                StandardCharsets.UTF_8))
        .isEqualTo("gitops: {}\n");
    assertThat(raw.body()).isEqualTo("old");
    assertThat(raw.header("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(raw.header("X-Content-Type-Options")).isEqualTo("nosniff");
    for (String none : List.of("none", "dir", "..%2F..%2Fetc%2Fpasswd", "a%00b")) {
      assertThat(gitlab.root().get(pushed.path() + "/files/" + none).status()).isIn(400, 404);
    }
  }

  @Test
  void makesACommit(Running gitlab) {
    Pushed pushed = push(gitlab);
    Person developer = gitlab.newMember(pushed.project(), 30);

    JsonNode commit =
        developer
            .api()
            .post(
                pushed.path() + "/commits",
                "branch",
                "main",
                "commit_message",
                "By the API",
                "actions",
                List.of(
                    Map.of("action", "create", "file_path", "new.txt", "content", "fresh"),
                    Map.of("action", "delete", "file_path", "a.txt")))
            .expect(201)
            .json();

    assertThat(commit.path("title").asString()).isEqualTo("By the API");
    assertThat(commit.path("parent_ids").get(0).asString()).isEqualTo(pushed.second());
    assertThat(gitlab.root().get(pushed.path() + "/files/new.txt/raw").expect(200).body())
        .isEqualTo("fresh");
    gitlab.root().get(pushed.path() + "/files/a.txt").expect(404);
  }

  @Test
  void refusesACommitThatCannotBeMade(Running gitlab) {
    Pushed pushed = push(gitlab);

    Api.Answer exists =
        gitlab
            .root()
            .post(
                pushed.path() + "/commits",
                "branch",
                "main",
                "commit_message",
                "m",
                "actions",
                List.of(Map.of("action", "create", "file_path", "a.txt", "content", "x")));
    Api.Answer unknown =
        gitlab
            .root()
            .post(
                pushed.path() + "/commits",
                "branch",
                "main",
                "commit_message",
                "m",
                "actions",
                List.of(Map.of("action", "explode", "file_path", "a.txt")));

    assertThat(exists.status()).isEqualTo(400);
    assertThat(exists.json().path("message").asString()).contains("already exists");
    assertThat(unknown.status()).isEqualTo(400);
  }

  @Test
  void answersForAnEmptyRepository(Running gitlab) {
    String path = "/api/v4/projects/" + gitlab.newProject("private") + "/repository";

    assertThat(gitlab.root().get(path + "/branches").expect(200).body()).isEqualTo("[]");
    assertThat(gitlab.root().get(path + "/commits").expect(200).body()).isEqualTo("[]");
    gitlab.root().get(path + "/tree").expect(404);
    gitlab.root().get(path + "/files/a").expect(404);
  }

  private Pushed push(Running gitlab) {
    long project = gitlab.newProject("private");
    GitCommand git = GitCommand.init(directory.resolve("work"));
    String first =
        git.write("dir/b.txt", "old")
            .write("a.txt", "a")
            .write(".gitlab/agents/x/config.yaml", "gitops: {}\n")
            .commit("first");
    git.run("branch", "feature/x");
    String second = git.write("dir/b.txt", "new").commit("second");
    git.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main", "feature/x");
    return new Pushed(project, first, second);
  }
}
