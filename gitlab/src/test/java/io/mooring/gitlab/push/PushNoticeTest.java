package io.mooring.gitlab.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.mooring.gitlab.FakeKas;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.testkit.git.GitCommand;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(GitLabUnderTest.class)
@Tag("fault-58")
class PushNoticeTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;

  private FakeKas kas;

  PushNoticeTest(Running gitlab) {
    kas = new FakeKas(gitlab.kasSecret(), 0);
  }

  @BeforeEach
  void connect(Running gitlab) {
    gitlab.application().connectKas(kas.url());
  }

  @AfterEach
  void close(Running gitlab) {
    kas.close();
    gitlab.sql("delete from push_notices");
  }

  @Test
  void tellsKasOfEveryPush(Running gitlab) {
    long project = gitlab.newProject("private");
    String path = gitlab.path(project);
    GitCommand git = GitCommand.init(directory);
    String url = gitlab.repository(project, "root", gitlab.root().token());

    git.write("a", "1").commit("first");
    git.run("push", url, "main", "main:refs/tags/v1");
    await().atMost(SOON).until(() -> kas.pushes().contains(path));
    int before = kas.pushes().size();
    git.run("push", url, ":refs/tags/v1");
    await().atMost(SOON).until(() -> kas.pushes().size() > before);

    assertThat(kas.events().getFirst().getEvent().getProject().getId()).isEqualTo(project);
    await().atMost(SOON).until(() -> waiting(gitlab).equals("0"));
  }

  @Test
  void keepsANoticeUntilKasTakesIt(Running gitlab) {
    long project = gitlab.newProject("private");
    kas.answerWith(Status.UNAVAILABLE);
    GitCommand git = GitCommand.init(directory);
    git.write("a", "1").commit("first");
    git.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main");
    await()
        .atMost(SOON)
        .until(() ->
            gitlab
                .sqlValue("select attempts >= 2 from push_notices where project_id = " + project)
                .equals("t"));
    boolean silent = kas.pushes().isEmpty();

    kas.answerWith(Status.OK);

    await().atMost(SOON).until(() -> kas.pushes().contains(gitlab.path(project)));
    await().atMost(SOON).until(() -> waiting(gitlab).equals("0"));
    assertThat(silent).isTrue();
  }

  @Test
  void coalescesPushesThatWait(Running gitlab) {
    long project = gitlab.newProject("private");
    kas.answerWith(Status.UNAVAILABLE);
    GitCommand git = GitCommand.init(directory);
    String url = gitlab.repository(project, "root", gitlab.root().token());
    for (int i = 0; i < 4; i++) {
      git.write("a", "" + i).commit("c" + i);
      git.run("push", url, "main");
    }
    String rows =
        gitlab.sqlValue("select count(*) from push_notices where project_id = " + project);

    kas.answerWith(Status.OK);

    await().atMost(SOON).until(() -> waiting(gitlab).equals("0"));
    assertThat(rows).isEqualTo("1");
    assertThat(kas.pushes().stream().filter(gitlab.path(project)::equals).count())
        .isBetween(1L, 2L);
  }

  @Test
  void findsWhatAProcessLeftThatDied(Running gitlab) {
    long project = gitlab.newProject("private");

    gitlab.sql(
        "insert into push_notices (project_id, next_attempt_at) values (" + project + ", now())");

    await().atMost(SOON).until(() -> kas.pushes().contains(gitlab.path(project)));
  }

  @Test
  void showsWhoIsConnectedAndWhichConfigurationsThereAre(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);

    var connections =
        gitlab
            .root()
            .get("/api/v4/projects/" + project + "/cluster_agents/" + agent + "/connections")
            .expect(200)
            .json();
    var files =
        gitlab
            .root()
            .get("/api/v4/projects/" + project + "/cluster_agent_configurations")
            .expect(200);

    assertThat(connections.get(0).path("agent_id").asLong()).isEqualTo(agent);
    assertThat(connections.get(0).path("connection_id").asString())
        .isEqualTo("9223372036854775807");
    assertThat(files.body())
        .isEqualTo("[{\"path\":\".gitlab/agents/a/config.yaml\",\"agent_name\":\"a\"}]");
    assertThat(kas.listings().getFirst().getRepository().getGlRepository())
        .isEqualTo("project-" + project);
    assertThat(kas.listings().getFirst().getDefaultBranch()).isEqualTo("main");
    assertThat(kas.listings().getFirst().getGitalyInfo().getToken())
        .startsWith("gitaly-secret-canary");
  }

  @Test
  void saysThatKasDoesNotAnswer(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    kas.close();

    assertThat(
            gitlab
                .root()
                .get("/api/v4/projects/" + project + "/cluster_agents/" + agent + "/connections")
                .expect(503)
                .body())
        .contains("kas answers UNAVAILABLE");
  }

  private static String waiting(Running gitlab) {
    return gitlab.sqlValue("select count(*) from push_notices");
  }
}
