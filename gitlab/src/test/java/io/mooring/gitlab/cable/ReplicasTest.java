package io.mooring.gitlab.cable;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabApplication;
import io.mooring.gitlab.RunningGitLab;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.configuration.Redis;
import io.mooring.gitlab.identity.Scope;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import io.mooring.testkit.process.SparePort;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas with one database and one real Redis, and the client that Rails ships. */
@RealPostgres
@RealRedis
class ReplicasTest {
  private static final String PREFIX = "gitlab_test";

  @TempDir Path directory;

  @Test
  void hearEachOtherAndRailsAndComeBackAfterARestart(PostgresDatabase database, RedisServer redis)
      throws Exception {
    int port = SparePort.find();
    RunningGitLab one = start("one", database, redis, port);
    try (RunningGitLab two = start("two", database, redis, 0);
        RailsClient client = RailsClient.start("8.1.100", directory)) {
      Secret token =
          two.createPersonalAccessToken("root", "t", Set.of(Scope.API), Duration.ofDays(1));
      long project = project(database);
      Stream stream = Stream.ofAgents(project);
      String channel = PREFIX + ":" + stream.name();
      var agents = Map.of("channel", "AgentsChannel", "project_id", project);
      client.send("threshold", "seconds", 4);
      client.consumer("page", one.url(), port, Map.of("PRIVATE-TOKEN", token.text()));
      client.subscribe("page", "s", agents);
      client.next("s", "connected");

      // From the other replica.
      register(two, token, project, "by-two");
      assertThat(received(client)).isEqualTo("by-two");

      // From Rails, which would also hear ours.
      assertThat(redis.command("PUBSUB", "NUMSUB", channel)).isEqualTo(channel + "\n1");
      redis.command("PUBLISH", channel, "no json");
      assertThat(redis.command("PUBLISH", channel, "{\"data\":{\"name\":\"by-rails\"}}"))
          .isEqualTo("1");
      assertThat(received(client)).isEqualTo("by-rails");

      // The last one who leaves ends the subscription in Redis.
      client.send("unsubscribe", "id", "s");
      Awaitility.await()
          .until(() -> redis.command("PUBSUB", "NUMSUB", channel).equals(channel + "\n0"));
      client.subscribe("page", "s", agents);
      client.next("s", "connected");

      // Redis is away: each replica hears itself, and pages start anew when it is back.
      redis.stop();
      register(one, token, project, "by-one-alone");
      assertThat(received(client)).isEqualTo("by-one-alone");
      redis.ensureRunning();
      assertThat(client.next("s", "disconnected").path("willAttemptReconnect").asBoolean())
          .isTrue();
      client.next("s", "connected");

      // The replica restarts.
      one.close();
      assertThat(client.next("s", "disconnected").path("willAttemptReconnect").asBoolean())
          .isTrue();
      one = start("one", database, redis, port);
      client.next("s", "connected");
      register(two, token, project, "by-two-again");
      assertThat(received(client)).isEqualTo("by-two-again");
    } finally {
      one.close();
    }
  }

  private static String received(RailsClient client) {
    return client.next("s", "received").path("data").path("name").asString();
  }

  private static void register(RunningGitLab at, Secret token, long project, String name) {
    new Api(at.url(), token.text())
        .post("/api/v4/projects/" + project + "/cluster_agents", "name", name)
        .expect(201);
  }

  /** A project without a repository: there is no Git server here. */
  private static long project(PostgresDatabase database) throws SQLException {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                with p as (insert into projects (namespace_id, path, name, visibility, default_branch, storage_name,
                    created_at, updated_at)
                  select id, 'p', 'p', 'private', 'main', 'default', now(), now() from namespaces returning id)
                insert into routes (path, project_id) select 'root/p', id from p returning project_id\
                """)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  private RunningGitLab start(String name, PostgresDatabase database, RedisServer redis, int port)
      throws IOException {
    GitLabConfiguration configuration =
        GitLabConfiguration.in(directory.resolve(name))
            .withHttp(new Http("127.0.0.1", port, List.of()))
            .withDatabase(
                new Database.External(
                    database.jdbcUrl(),
                    database.user(),
                    Optional.of(secret(name, database.password()))))
            .withRedis(
                new Redis(
                    redis.uri(), Optional.empty(), Optional.empty(), Optional.empty(), PREFIX));
    return GitLabApplication.start(configuration);
  }

  private Path secret(String name, String text) throws IOException {
    Path file = directory.resolve(name + "-secret");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }
}
