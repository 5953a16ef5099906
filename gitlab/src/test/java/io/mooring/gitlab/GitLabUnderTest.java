package io.mooring.gitlab;

import io.mooring.gitaly.GitalyServer;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.identity.Scope;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.testkit.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One application with its real database and one real Gitaly for the whole test run. Tests share
 * them, so each makes people and projects of its own, under names that nobody else has.
 */
public final class GitLabUnderTest implements ParameterResolver {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Running.class;
  }

  @Override
  public Running resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .computeIfAbsent(Running.class, ignored -> Running.start(), Running.class);
  }

  /** A name that no other test has. */
  public static String unique(String prefix) {
    return prefix + COUNTER.incrementAndGet();
  }

  /** What runs. */
  public static final class Running implements AutoCloseable {
    private final Path directory;
    private final RunningGitLab application;
    private final GitalyServer gitaly;
    private final GitLabConfiguration configuration;
    private final Api root;

    private Running(
        Path directory,
        GitLabConfiguration configuration,
        RunningGitLab application,
        GitalyServer gitaly) {
      this.directory = directory;
      this.configuration = configuration;
      this.application = application;
      this.gitaly = gitaly;
      this.root =
          new Api(
              application.url(),
              application
                  .createPersonalAccessToken(
                      "root", "tests", Set.copyOf(EnumSet.allOf(Scope.class)), Duration.ofDays(30))
                  .text());
    }

    /** One of its own, which the caller closes. */
    public static Running begin() {
      return start();
    }

    static Running start() {
      Path directory = Workspace.create("gitlab");
      try {
        Path storage = Files.createDirectories(directory.resolve("repositories"));
        Path token = directory.resolve("gitaly-token");
        Files.writeString(token, "gitaly-secret-canary-of-at-least-32-bytes");
        Files.setPosixFilePermissions(
            token, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Path socket = directory.resolve("gitaly.socket");
        var defaults = GitLabConfiguration.in(directory.resolve("data"));
        GitLabConfiguration configuration =
            defaults
                .withHttp(new Http("127.0.0.1", 0, List.of()))
                .withGitaly(
                    new GitLabConfiguration.Gitaly(
                        java.util.Map.of(
                            "default",
                            new GitLabConfiguration.Storage(
                                "unix:" + socket, java.util.Optional.of(token))),
                        defaults.gitaly().hookSecretFile(),
                        java.util.Map.of("gitaly_some_flag", true)));
        RunningGitLab application = GitLabApplication.start(configuration);
        GitalyServer gitaly =
            GitalyServer.start(
                GitalyConfiguration.of(storage)
                    .withListen("unix:" + socket)
                    .withToken(token)
                    .withGitLab(application.url(), configuration.gitaly().hookSecretFile()));
        return new Running(directory, configuration, application, gitaly);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The program's own handle. */
    public RunningGitLab application() {
      return application;
    }

    /** The Git server beside it. */
    public GitalyServer gitaly() {
      return gitaly;
    }

    /** How it was started. */
    public GitLabConfiguration configuration() {
      return configuration;
    }

    /** Everything it keeps on disk. */
    public Path directory() {
      return directory;
    }

    /** The REST API as the first administrator. */
    public Api root() {
      return root;
    }

    /** The REST API as nobody. */
    public Api anonymous() {
      return new Api(application.url(), "");
    }

    /** The secret that kas shares with it. */
    public Secret kasSecret() {
      return SecretFiles.base64("kas.secret_file", configuration.kas().secretFile(), 32);
    }

    /** A part of the application. */
    public <T> T bean(Class<T> type) {
      return application.bean(type);
    }

    /** Runs SQL that the application has no interface for. */
    public void sql(String statements) {
      try (Connection connection = bean(DataSource.class).getConnection();
          var statement = connection.createStatement()) {
        statement.execute(statements);
      } catch (SQLException e) {
        throw new IllegalStateException(statements, e);
      }
    }

    /** The first column of the first row. */
    public String sqlValue(String query) {
      try (Connection connection = bean(DataSource.class).getConnection();
          var statement = connection.createStatement();
          var rows = statement.executeQuery(query)) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "";
      } catch (SQLException e) {
        throw new IllegalStateException(query, e);
      }
    }

    /** A new user with a token for everything. */
    public Person newUser() {
      String name = unique("user");
      long id =
          root.post(
                  "/api/v4/users",
                  "username",
                  name,
                  "name",
                  "User " + name,
                  "email",
                  name + "@example.com",
                  "password",
                  Person.PASSWORD)
              .expect(201)
              .id();
      String token =
          application
              .createPersonalAccessToken(
                  name, "tests", Set.copyOf(EnumSet.allOf(Scope.class)), Duration.ofDays(30))
              .text();
      return new Person(id, name, new Api(application.url(), token));
    }

    /** A new project of the first administrator. */
    public long newProject(String visibility) {
      return root.post("/api/v4/projects", "name", unique("project"), "visibility", visibility)
          .expect(201)
          .id();
    }

    /** A new group of the first administrator. */
    public long newGroup() {
      String name = unique("group");
      return root.post("/api/v4/groups", "name", name, "path", name).expect(201).id();
    }

    /** A new user who is a member of a project. */
    public Person newMember(long project, int accessLevel) {
      Person person = newUser();
      root.post(
              "/api/v4/projects/" + project + "/members",
              "user_id",
              person.id(),
              "access_level",
              accessLevel)
          .expect(201);
      return person;
    }

    /** A new agent of a project. */
    public long newAgent(long project) {
      return root.post("/api/v4/projects/" + project + "/cluster_agents", "name", unique("agent-"))
          .expect(201)
          .id();
    }

    /** A new token of an agent. */
    public String newAgentToken(long project, long agent) {
      return root.post(
              "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens", "name", "t")
          .expect(201)
          .json()
          .path("token")
          .asString();
    }

    /** The full path of a project. */
    public String path(long project) {
      return root.get("/api/v4/projects/" + project)
          .expect(200)
          .json()
          .path("path_with_namespace")
          .asString();
    }

    /** The API for kas, called as kas calls it. */
    public Api kas() {
      return new Api(application.url(), "")
          .with(
              "Gitlab-Kas-Api-Request",
              JwtSigner.kasToGitLab(kasSecret(), InstantSource.system()).token());
    }

    /** The API for kas, with the token of an agent. */
    public Api kas(String agentToken) {
      return kas().with("Authorization", "Bearer " + agentToken);
    }

    /** The address of a project's repository for somebody with a password or token. */
    public String repository(long project, String username, String password) {
      return "http://"
          + username
          + ":"
          + password
          + "@127.0.0.1:"
          + application.port()
          + "/"
          + path(project)
          + ".git";
    }

    @Override
    public void close() {
      gitaly.close();
      application.close();
      Workspace.delete(directory);
    }
  }

  /** Somebody with an account. */
  public record Person(long id, String username, Api api) {
    /** The password of everybody here. */
    public static final String PASSWORD = "correct horse battery";
  }
}
