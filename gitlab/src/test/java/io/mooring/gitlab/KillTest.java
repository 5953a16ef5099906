package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.mooring.gitaly.GitalyServer;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.gitlab.configuration.SecretFile;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import io.mooring.testkit.process.SparePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program is killed in the middle of pushes and registrations, and started again. */
@RealPostgres
class KillTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String TOKEN = "glpat-canary-of-the-test";
  private static final Secret KAS = Secret.of("0123456789abcdef0123456789abcdef");

  @TempDir Path directory;
  private int port;

  @Test
  @Tag("fault-62")
  void losesNothingThatItAnswered(PostgresDatabase database) throws Exception {
    port = SparePort.find();
    int kasPort = SparePort.find();
    Path storage = Files.createDirectories(directory.resolve("storage"));
    Path configuration = configuration(database, kasPort);
    var registered = new CopyOnWriteArrayList<String>();
    var pushed = new CopyOnWriteArrayList<String>();
    var ended = new AtomicBoolean();
    try (var kas = new FakeKas(KAS, kasPort);
        var _ =
            GitalyServer.start(
                GitalyConfiguration.of(storage)
                    .withListen("unix:" + directory.resolve("gitaly.socket"))
                    .withGitLab(
                        URI.create("http://127.0.0.1:" + port),
                        directory.resolve("data/.gitlab_shell_secret")))) {
      kas.answerWith(Status.UNAVAILABLE);
      Process first = start(configuration);
      Thread registrar;
      Thread pusher;
      long project;
      GitCommand git = GitCommand.init(directory.resolve("author"));
      String repository = "http://root:" + TOKEN + "@127.0.0.1:" + port + "/root/kept.git";
      try {
        run(
            database,
            "insert into personal_access_tokens (user_id, name, digest, scopes, expires_at, created_at) values"
                + " (1, 't', sha256('"
                + TOKEN
                + "'), '{api,read_repository,write_repository}', current_date + 1, now())");
        project = api().post("/api/v4/projects", "name", "kept").expect(201).id();
        String agents = "/api/v4/projects/" + project + "/cluster_agents";
        registrar = Thread.ofVirtual().start(() -> register(agents, registered, ended));
        pusher = Thread.ofVirtual().start(() -> push(git, repository, pushed, ended));
        await().atMost(LIMIT).until(() -> registered.size() >= 10 && pushed.size() >= 3);
      } finally {
        first.destroyForcibly();
      }
      first.waitFor();
      ended.set(true);
      registrar.join();
      pusher.join();

      Process second = start(configuration);
      try {
        for (String token : registered) {
          new Api(URI.create("http://127.0.0.1:" + port), "")
              .with(
                  "Gitlab-Kas-Api-Request",
                  JwtSigner.kasToGitLab(KAS, InstantSource.system()).token())
              .with("Authorization", "Bearer " + token)
              .get("/api/v4/internal/kubernetes/agent_info")
              .expect(200);
        }
        GitCommand clone = GitCommand.in(directory).cloneTo(repository, "clone");
        List<String> history = clone.run("rev-list", "HEAD").lines().toList();
        assertThat(history).containsAll(pushed);
        kas.answerWith(Status.OK);
        await().atMost(LIMIT).until(() -> kas.pushes().contains("root/kept"));
        git.write("file", "after").commit("after");
        git.run("push", repository, "main");
      } finally {
        second.destroyForcibly();
      }
    }
  }

  private void register(String agents, List<String> registered, AtomicBoolean ended) {
    for (int i = 0; !ended.get(); i++) {
      try {
        Api.Answer agent = api().post(agents, "name", "agent-" + i);
        Api.Answer token = api().post(agents + "/" + agent.id() + "/tokens", "name", "t");
        if (token.status() == 201) {
          registered.add(token.json().path("token").asString());
        }
      } catch (IllegalStateException e) {
        return; // The program was killed.
      }
    }
  }

  private static void push(
      GitCommand git, String repository, List<String> pushed, AtomicBoolean ended) {
    for (int i = 0; !ended.get(); i++) {
      String commit = git.write("file", "text " + i).commit("commit " + i);
      if (git.command("push", repository, "main").run().exitCode() == 0) {
        pushed.add(commit);
      }
    }
  }

  private Api api() {
    return new Api(URI.create("http://127.0.0.1:" + port), TOKEN);
  }

  private Process start(Path configuration) throws IOException {
    Path log = Files.createTempFile(directory, "log", "");
    Process process =
        new ProcessBuilder(
                Program.command(directory, "--configuration-file", configuration.toString()))
            .redirectError(log.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    await()
        .atMost(LIMIT)
        .until(() ->
            Files.readString(log).contains("GitLab application started") || !process.isAlive());
    assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
    return process;
  }

  private Path configuration(PostgresDatabase database, int kasPort) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), database.password());
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    SecretFile.create(
        directory.resolve("data/.gitlab_kas_secret"),
        Base64.getEncoder().encodeToString(KAS.bytes()));
    SecretFile.create(
        directory.resolve("data/.gitlab_shell_secret"), "a-secret-of-hooks-with-32-bytes-or-more");
    return Files.writeString(
        directory.resolve("gitlab.yml"),
        """
        http:
          port: %d
        database:
          url: %s
          username: %s
          password_file: password
        kas:
          internal_url: grpc://127.0.0.1:%d
        gitaly:
          storages:
            default:
              address: unix:%s
        """
            .formatted(
                port,
                database.jdbcUrl(),
                database.user(),
                kasPort,
                directory.resolve("gitaly.socket")));
  }

  private static void run(PostgresDatabase database, String sql) throws SQLException {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
