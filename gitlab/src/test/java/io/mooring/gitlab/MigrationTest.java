package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Databases that older applications left, from every schema there was, with their rows. A schema
 * that was released never changes: its migrations keep their checksums.
 */
@RealPostgres
class MigrationTest {
  /** Version and checksum; one is added with each release, none ever changes. */
  private static final List<String> RELEASED =
      List.of(
          "1 -1850915160",
          "2 665426743",
          "3 240251020",
          "4 -394719113",
          "101 -470417255",
          "102 -685168315",
          "103 514941451",
          "104 1967286429",
          "105 -1162005726");

  private static final String TABLES =
      "users personal_access_tokens namespaces projects routes members protected_branches push_notices"
          + " cluster_agents cluster_agent_tokens agent_activity_events agent_configuration_states"
          + " agent_deployments agent_objects environments ci_pipelines ci_jobs";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 101, 102, 103, 104, 105})
  void bringsEverySchemaForwardWithItsRows(int version, PostgresDatabase database)
      throws Exception {
    clean(database);
    flyway(database, Optional.of(Integer.toString(version))).migrate();
    if (version >= 4) {
      run(database, resource("data-4.sql"));
    }
    if (version >= 105) {
      run(database, resource("data-105.sql"));
    }
    List<String> before = version >= 4 ? counts(database) : List.of();

    try (Replica application = Replica.start(database, directory, settings -> settings)) {
      if (version < 4) {
        assertThat(application.sql("select count(*) from users")).isEqualTo("1");
        return;
      }
      assertThat(counts(database)).isEqualTo(before);
      assertThat(
              application.sql(
                  "select string_agg(agent_id || ' ' || state, ', ' order by agent_id) from agent_presences"))
          .isEqualTo("1 present, 2 lost");
      assertThat(
              application.sql(
                  "select string_agg(project_path || ' ' || commit_id, ', ' order by project_path) from agent_failures"))
          .isEqualTo(" c1, team/app c2");
      Api root = application.root();
      root.get("/api/v4/projects/team%2Fops%2Fagents").expect(200);
      assertThat(root.get("/api/v4/projects/1/protected_branches").expect(200).json()).hasSize(2);
      assertThat(root.get("/api/v4/projects/1/cluster_agents").header("X-Total")).isEqualTo("3");
      assertThat(
              root.get("/api/v4/projects/1/cluster_agents/1/state")
                  .json()
                  .path("deployments")
                  .get(0)
                  .path("outcome")
                  .asString())
          .isEqualTo("failed");
      assertThat(root.get("/api/v4/projects/1/jobs").expect(200).json()).hasSize(1);
      assertThat(root.get("/api/v4/projects/1/cluster_agent_alerts").header("X-Total"))
          .isEqualTo("0");
      if (version >= 105) {
        root.get("/api/v4/admin/cluster_agents/1/ceiling").expect(200);
        assertThat(root.get("/api/v4/admin/audit").json()).hasSize(1);
        assertThat(root.get("/api/v4/projects/1/triggers").json()).hasSize(1);
      }
    }
  }

  @Test
  void changesNoSchemaThatWasReleased(PostgresDatabase database) {
    MigrationInfo[] all = flyway(database, Optional.empty()).info().all();

    List<String> sums =
        Arrays.stream(all)
            .map(migration -> migration.getVersion() + " " + migration.getChecksum())
            .toList();

    assertThat(sums).containsSubsequence(RELEASED);
  }

  private static Flyway flyway(PostgresDatabase database, Optional<String> target) {
    return Flyway.configure()
        .dataSource(database.dataSource())
        .locations("classpath:io/mooring/gitlab/database")
        .outOfOrder(true)
        .target(target.orElse("latest"))
        .load();
  }

  private static void clean(PostgresDatabase database) throws SQLException {
    run(database, "drop schema public cascade; create schema public");
  }

  private static List<String> counts(PostgresDatabase database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      var counts = new java.util.ArrayList<String>();
      for (String table : TABLES.split(" ", -1)) {
        try (var rows = statement.executeQuery("select count(*) from " + table)) {
          rows.next();
          counts.add(table + " " + rows.getLong(1));
        }
      }
      return counts;
    }
  }

  private static void run(PostgresDatabase database, String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String resource(String name) throws IOException {
    try (var in =
        Objects.requireNonNull(MigrationTest.class.getResourceAsStream("database/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
