package io.mooring.gitlab;

import io.mooring.gitaly.GitalyServer;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.identity.Scope;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.slf4j.bridge.SLF4JBridgeHandler;

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

    static Running start() {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
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

    @Override
    public void close() {
      gitaly.close();
      application.close();
      Workspace.delete(directory);
    }
  }
}
