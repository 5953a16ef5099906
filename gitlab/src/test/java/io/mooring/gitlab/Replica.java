package io.mooring.gitlab;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.identity.Scope;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * An application of its own over a database that others may share. Those that are started in one
 * directory share their secrets, as replicas do. There is no Git server beside it.
 */
public final class Replica implements AutoCloseable {
  private static final Duration VALIDITY = Duration.ofDays(1);

  private final PostgresDatabase database;
  private final RunningGitLab application;
  private final Secret kasSecret;

  private Replica(PostgresDatabase database, RunningGitLab application, Secret kasSecret) {
    this.database = database;
    this.application = application;
    this.kasSecret = kasSecret;
  }

  /** Starts one with settings of the test's own. */
  public static Replica start(
      PostgresDatabase database, Path directory, UnaryOperator<GitLabConfiguration> settings) {
    try {
      Path password = directory.resolve("database-password");
      if (!Files.exists(password)) {
        Files.writeString(password, database.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
      }
      GitLabConfiguration configuration =
          settings.apply(
              GitLabConfiguration.in(directory)
                  .withHttp(new Http("127.0.0.1", 0, List.of()))
                  .withDatabase(
                      new Database.External(
                          database.jdbcUrl(), database.user(), Optional.of(password))));
      return new Replica(
          database,
          GitLabApplication.start(configuration),
          SecretFiles.base64("kas.secret_file", configuration.kas().secretFile(), 32));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The program's own handle. */
  public RunningGitLab application() {
    return application;
  }

  /** A part of the application. */
  public <T> T bean(Class<T> type) {
    return application.bean(type);
  }

  /** The secret that kas shares with it. */
  public Secret kasSecret() {
    return kasSecret;
  }

  /** The REST API as the first administrator. */
  public Api root() {
    return new Api(
        application.url(),
        application
            .createPersonalAccessToken(
                "root", "tests", Set.copyOf(EnumSet.allOf(Scope.class)), VALIDITY)
            .text());
  }

  /** The API for kas, called as kas calls it. */
  public Api kas() {
    return new Api(application.url(), "")
        .with(
            "Gitlab-Kas-Api-Request",
            JwtSigner.kasToGitLab(kasSecret, InstantSource.system()).token());
  }

  /** Tells of an agent as kas does. */
  public void report(long agent, String event) {
    kas()
        .post(
            "/api/v4/internal/kubernetes/agent_reports",
            "{\"agent_id\":%d,\"events\":[{\"id\":\"%s\",\"time\":\"%s\",%s}]}"
                .formatted(agent, UUID.randomUUID(), InstantSource.system().instant(), event))
        .expect(204);
  }

  /** A project of the first administrator without a repository: there is no Git server here. */
  public long project() {
    String name = GitLabUnderTest.unique("project");
    return Long.parseLong(
        sql(
            """
            with p as (insert into projects (namespace_id, creator_id, path, name, visibility, default_branch,
                storage_name, created_at, updated_at)
              select id, owner_id, '%1$s', '%1$s', 'private', 'main', 'default', now(), now()
              from namespaces where owner_id is not null order by id limit 1 returning id)
            insert into routes (path, project_id) select 'root/%1$s', id from p returning project_id\
            """
                .formatted(name)));
  }

  /** The first column of the first row of what a statement answers; empty without one. */
  public String sql(String statement) {
    try (var connection = database.dataSource().getConnection();
        var prepared = connection.createStatement()) {
      if (!prepared.execute(statement)) {
        return "";
      }
      try (var rows = prepared.getResultSet()) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "";
      }
    } catch (SQLException e) {
      throw new IllegalStateException(statement, e);
    }
  }

  @Override
  public void close() {
    application.close();
  }
}
