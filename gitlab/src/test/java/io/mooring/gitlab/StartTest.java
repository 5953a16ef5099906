package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Administrator;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.identity.Scope;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts and stops applications of its own. */
@RealPostgres
class StartTest {
  private static final Set<Scope> API = Set.of(Scope.API);

  @TempDir Path directory;

  @Test
  void keepsEverythingInItsOwnDatabaseOverARestart() {
    GitLabConfiguration configuration = configuration();
    Secret password;
    Secret token;
    try (RunningGitLab first = GitLabApplication.start(configuration)) {
      password = first.rootPassword().orElseThrow();
      token = first.createPersonalAccessToken("root", "t", API, Duration.ofDays(1));
      new Api(first.url(), token.text())
          .post("/api/v4/groups", "name", "kept", "path", "kept")
          .expect(201);
      assertThatThrownBy(() -> GitLabApplication.start(configuration))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("data_directory")
          .hasMessageContaining("in use by another GitLab application");
    }

    try (RunningGitLab second = GitLabApplication.start(configuration)) {
      assertThat(second.rootPassword()).isEmpty();
      new Api(second.url(), token.text()).get("/api/v4/groups/kept").expect(200);
    }
    assertThat(password.text()).hasSize(24);
    assertThat(children()).isEmpty();
  }

  @Test
  void runsOnADatabaseThatIsRunElsewhere(PostgresDatabase database) throws IOException {
    Path password = secret("database", database.password());
    Path root = secret("root", "a good password");
    GitLabConfiguration configuration =
        configuration()
            .withDatabase(
                new Database.External(database.jdbcUrl(), database.user(), Optional.of(password)))
            .withAdministrator(new Administrator("boss", "a@example.com", Optional.of(root)));

    try (RunningGitLab application = GitLabApplication.start(configuration)) {
      assertThat(application.rootPassword()).isEmpty();
      Secret token = application.createPersonalAccessToken("boss", "t", API, Duration.ofDays(1));
      new Api(application.url(), token.text()).get("/api/v4/user").expect(200);
      // Nothing answers there, and the probe says so.
      assertThat(new Api(application.url(), "").get("/-/readiness").expect(503).json().toString())
          .contains("\"db_check\":[{\"status\":\"ok\"")
          .contains("Gitaly answers UNAVAILABLE");
      // A project cannot be made without its repository, and leaves nothing behind.
      Api api = new Api(application.url(), token.text());
      api.post("/api/v4/projects", "name", "p").expect(503);
      api.get("/api/v4/projects/boss%2Fp").expect(404);
    }
  }

  @Test
  @Tag("fault-66")
  void namesTheSettingThatCannotBeUsed(PostgresDatabase database) throws IOException {
    GitLabConfiguration good =
        configuration()
            .withDatabase(
                new Database.External(
                    database.jdbcUrl(),
                    database.user(),
                    Optional.of(secret("db", database.password()))));
    Path readable = secret("readable", Base64.getEncoder().encodeToString(new byte[32]));
    Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rw-r--r--"));
    Path weak = secret("weak", Base64.getEncoder().encodeToString(new byte[16]));

    assertRefused(good.withKas(kas(readable)), "kas.secret_file", "readable by everybody");
    assertRefused(
        good.withKas(kas(weak)), "kas.secret_file", "16 bytes (expected: base64 of exactly 32)");
    assertRefused(
        good.withGitaly(gitaly("tcp://127.0.0.1:1", directory.resolve("none"))),
        "gitaly.storages.default.token_file",
        "does not exist");
    assertRefused(
        good.withGitaly(gitaly("ftp://x", directory.resolve("none"))),
        "gitaly.storages.default.address",
        "ftp://x");
    assertRefused(
        good.withDatabase(
            new Database.External("jdbc:postgresql://127.0.0.1:1/x", "me", Optional.empty())),
        "database.url",
        "127.0.0.1:1");
    assertRefused(
        good.withAdministrator(new Administrator("api", "a@example.com", Optional.empty())),
        "administrator",
        "username=[is a reserved name]");
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertRefused(
          good.withHttp(new Http("127.0.0.1", taken.getLocalPort(), List.of())),
          "http.port",
          taken.getLocalPort() + " is in use");
    }
  }

  private static void assertRefused(
      GitLabConfiguration configuration, String setting, String problem) {
    assertThatThrownBy(() -> GitLabApplication.start(configuration))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(setting + ": ")
        .hasMessageContaining(problem);
  }

  private GitLabConfiguration configuration() {
    return GitLabConfiguration.in(directory.resolve("data"))
        .withHttp(new Http("127.0.0.1", 0, List.of()));
  }

  private static GitLabConfiguration.Kas kas(Path secret) {
    return new GitLabConfiguration.Kas(Optional.empty(), Optional.empty(), secret);
  }

  private GitLabConfiguration.Gitaly gitaly(String address, Path token) {
    return new GitLabConfiguration.Gitaly(
        java.util.Map.of("default", new GitLabConfiguration.Storage(address, Optional.of(token))),
        directory.resolve("hooks"),
        java.util.Map.of());
  }

  private Path secret(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** Servers of these applications that still run. */
  private List<String> children() {
    return ProcessHandle.current()
        .descendants()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(directory.toString()))
        .toList();
  }
}
