package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitaly.GitalyServer;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.configuration.ConfigurationFile;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.testkit.git.GitCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** A backup of an installation that runs, and another one made of it, through the two commands. */
@ExtendWith(GitLabUnderTest.class)
class BackupTest {
  @TempDir Path directory;

  @Test
  void bringsBackEverything() throws Exception {
    Path saved = directory.resolve("saved");
    String token;
    String agentToken;
    String username;
    String path;
    String commit;
    long project;
    long agent;
    long empty;
    long hook;
    try (Running before = Running.begin()) {
      Person person = before.newUser();
      username = person.username();
      token = person.api().token();
      project = person.api().post("/api/v4/projects", "name", "Harbour").expect(201).id();
      empty = person.api().post("/api/v4/projects", "name", "Empty").expect(201).id();
      path = before.path(project);
      GitCommand git = GitCommand.init(directory.resolve("author"));
      commit = git.write("a", "1").commit("first");
      git.run(
          "push",
          before.repository(project, "root", before.root().token()),
          "main",
          "main:refs/tags/v1");
      agent = before.newAgent(project);
      agentToken = before.newAgentToken(project, agent);
      before.kas(agentToken).get("/api/v4/internal/kubernetes/agent_info").expect(200);
      hook =
          person
              .api()
              .post(
                  "/api/v4/projects/" + project + "/hooks",
                  "url",
                  "http://127.0.0.1/",
                  "token",
                  "t")
              .expect(201)
              .id();

      int code =
          run(
              "backup",
              "--to",
              saved.toString(),
              before.configuration().dataDirectory(),
              before.directory().resolve("repositories"));

      assertThat(code).isZero();
      assertThat(Files.getPosixFilePermissions(saved))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      // After the snapshot.
      person.api().post("/api/v4/projects", "name", "Later").expect(201);
    }

    Path data = directory.resolve("fresh");
    Path storage = Files.createDirectories(directory.resolve("storage"));
    assertThat(run("restore", "--from", saved.toString(), data, storage)).isZero();
    GitLabConfiguration configuration = configuration(data);
    try (RunningGitLab after = GitLabApplication.start(configuration);
        var _ =
            GitalyServer.start(
                GitalyConfiguration.of(storage)
                    .withListen("unix:" + data.resolve("gitaly.socket"))
                    .withGitLab(after.url(), configuration.gitaly().hookSecretFile()))) {
      Api person = new Api(after.url(), token);
      JsonNode user = person.get("/api/v4/user").expect(200).json();
      JsonNode agents =
          person.get("/api/v4/projects/" + project + "/cluster_agents").expect(200).json();
      JsonNode info =
          new Api(after.url(), "")
              .with(
                  "Gitlab-Kas-Api-Request",
                  JwtSigner.kasToGitLab(
                          SecretFiles.base64("kas", configuration.kas().secretFile(), 32),
                          InstantSource.system())
                      .token())
              .with("Authorization", "Bearer " + agentToken)
              .get("/api/v4/internal/kubernetes/agent_info")
              .expect(200)
              .json();
      String url =
          "http://" + username + ":" + token + "@127.0.0.1:" + after.port() + "/" + path + ".git";
      GitCommand clone = GitCommand.in(directory).cloneTo(url, "clone");
      String test =
          person
              .post(
                  "/api/v4/projects/" + project + "/hooks/" + hook + "/test/agent_sync_events", "")
              .expect(422)
              .body();

      assertThat(user.path("username").asString()).isEqualTo(username);
      assertThat(agents.get(0).path("id").asLong()).isEqualTo(agent);
      assertThat(info.path("agent_id").asLong()).isEqualTo(agent);
      assertThat(clone.run("rev-parse", "HEAD", "v1")).isEqualTo(commit + "\n" + commit);
      // Its secrets could be opened, so only the address is refused.
      assertThat(test).contains("no address that may be called");
      person.get("/api/v4/projects/" + empty + "/repository/branches").expect(200);
      long later = person.post("/api/v4/projects", "name", "Later").expect(201).id();
      assertThat(later).isGreaterThan(empty);
      clone.write("b", "2").commit("second");
      clone.run("push", "origin", "main");
    }
  }

  @Test
  void touchesNothingThatIsThere() throws Exception {
    Path saved = Files.createDirectories(directory.resolve("saved"));
    Path storage = Files.createDirectories(directory.resolve("storage"));
    Path data = directory.resolve("data");

    assertThat(run("backup", "--to", saved.toString(), data, storage)).isEqualTo(1);
    assertThat(talk).contains(saved + " is there already (expected: a folder to be made)");
    assertThat(run("restore", "--from", saved.toString(), data, storage)).isEqualTo(1);
    assertThat(talk).contains("is no whole backup");
  }

  @Test
  void restoresIntoAnEmptyDatabaseOnly() throws Exception {
    Path saved = directory.resolve("saved");
    try (Running before = Running.begin()) {
      Path data = before.configuration().dataDirectory();
      Path storage = before.directory().resolve("repositories");
      assertThat(run("backup", "--to", saved.toString(), data, storage)).isZero();
    }
    Path data = directory.resolve("used");
    Path storage = Files.createDirectories(directory.resolve("storage"));
    GitLabApplication.start(configuration(data)).close();

    assertThat(run("restore", "--from", saved.toString(), data, storage)).isEqualTo(1);
    assertThat(talk).contains("(expected: an empty database)");
  }

  private String talk = "";

  private int run(String command, String option, String folder, Path data, Path storage)
      throws IOException {
    configuration(data);
    PrintStream before = System.err;
    var err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return new CommandLine(new Main())
          .execute(
              command,
              "--configuration-file",
              directory.resolve("gitlab.yml").toString(),
              option,
              folder,
              "--storage",
              "default=" + storage);
    } finally {
      System.setErr(before);
      talk = err.toString(StandardCharsets.UTF_8);
    }
  }

  private GitLabConfiguration configuration(Path data) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("gitlab.yml"),
            """
            data_directory: %1$s
            http:
              port: 0
            gitaly:
              storages:
                default:
                  address: unix:%1$s/gitaly.socket
            """
                .formatted(data));
    try {
      return ConfigurationFile.read(file);
    } catch (io.mooring.protocol.yaml.InvalidDocumentException e) {
      throw new IllegalStateException(e);
    }
  }
}
