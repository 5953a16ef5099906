package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.secret.Canaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that pass through the application are found neither in its log nor in its database. */
@ExtendWith(GitLabUnderTest.class)
class CanaryTest {
  @TempDir Path directory;

  @Test
  void writesNoSecretDown(Running gitlab) throws IOException {
    var canaries = new Canaries();
    Person person = gitlab.newUser();
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String agentToken = gitlab.newAgentToken(project, agent);
    canaries.add("personal access token", person.api().token());
    canaries.add("root token", gitlab.root().token());
    canaries.add("agent token", agentToken);
    canaries.add("password", Person.PASSWORD);
    canaries.add("kas secret", gitlab.kasSecret().text());
    canaries.add("gitaly token", "gitaly-secret-canary-of-at-least-32-bytes");

    String trigger =
        gitlab
            .root()
            .post("/api/v4/projects/" + project + "/triggers", "description", "d")
            .expect(201)
            .json()
            .path("token")
            .asString();
    gitlab
        .root()
        .post(
            "/api/v4/projects/" + project + "/repository/commits",
            "branch",
            "main",
            "commit_message",
            "m",
            "actions",
            List.of(java.util.Map.of("action", "create", "file_path", "b", "content", "1")))
        .expect(201);
    String job =
        gitlab
            .anonymous()
            .post("/api/v4/projects/" + project + "/jobs", "token", trigger, "ref", "main")
            .expect(201)
            .json()
            .path("token")
            .asString();
    long hook =
        gitlab
            .root()
            .post(
                "/api/v4/projects/" + project + "/hooks",
                "url",
                "http://127.0.0.1:9/",
                "token",
                "canary-of-a-webhook-token")
            .expect(201)
            .id();
    gitlab
        .root()
        .post("/api/v4/projects/" + project + "/hooks/" + hook + "/test/agent_sync_events", "")
        .expect(422);
    canaries.add("webhook token", "canary-of-a-webhook-token");
    canaries.add("trigger token", trigger);
    canaries.add("job token", job);

    gitlab.anonymous().get("/api/v4/job/allowed_agents?job_token=" + job).expect(200);
    gitlab.kas(agentToken).get("/api/v4/internal/kubernetes/agent_info").expect(200);
    gitlab.kas(agentToken + "x").get("/api/v4/internal/kubernetes/agent_info").expect(401);
    gitlab.anonymous().get("/api/v4/job/allowed_agents?job_token=" + agentToken).expect(401);
    gitlab.root().post("/api/v4/projects", "{" + gitlab.root().token() + "}").expect(400);
    Browser.signedIn(gitlab, person.username(), Person.PASSWORD);
    GitCommand git = GitCommand.init(directory);
    git.write("a", "1").commit("first");
    git.run("push", gitlab.repository(project, "root", gitlab.root().token()), "main:other");

    canaries.assertAbsent("log", Files.readString(Path.of("target", "test.log")));
    for (String table :
        List.of(
            "users",
            "user_sessions",
            "personal_access_tokens",
            "cluster_agent_tokens",
            "sign_in_failures",
            "ci_jobs",
            "ci_triggers",
            "audit_events",
            "agent_activity_events",
            "push_notices",
            "webhooks",
            "webhook_deliveries")) {
      canaries.assertAbsent(
          table,
          gitlab.sqlValue("select coalesce(string_agg(t::text, ' '), '') from " + table + " t"));
    }
    assertThat(gitlab.configuration().toString()).doesNotContain("canary");
  }

  @Test
  void keepsItsSecretFilesToItself(Running gitlab) throws IOException {
    for (String name :
        List.of(
            ".gitlab_kas_secret",
            ".gitlab_shell_secret",
            ".secret_key_base",
            ".postgresql_password")) {
      assertThat(
              java.nio.file.attribute.PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(
                      gitlab.configuration().dataDirectory().resolve(name))))
          .isEqualTo("rw-------");
    }
  }
}
