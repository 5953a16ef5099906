package io.mooring.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.TestkitException;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

@RealPostgres
final class PostgresExtensionTest {
  @Test
  void givesTheClassOneDatabase(PostgresDatabase database, PostgresServer server) throws Exception {
    database.execute("CREATE TABLE IF NOT EXISTS t (id int)");

    try (var connection =
        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      assertThat(connection.getMetaData().getDatabaseProductVersion()).isEqualTo(server.version());
    }
  }

  @Test
  void keepsDatabasesApart(PostgresDatabase database, PostgresServer server) {
    database.execute("CREATE TABLE mine (id int)");

    try (var other = server.createDatabase()) {
      assertThatThrownBy(() -> other.execute("SELECT * FROM mine"))
          .isInstanceOf(TestkitException.class)
          .cause()
          .hasMessageContaining("\"mine\" does not exist");
    }
  }

  @Test
  void dropsADatabaseThatIsInUse(PostgresServer server) throws Exception {
    var database = server.createDatabase();
    try (var connection = database.dataSource().getConnection()) {
      database.close();

      assertThatThrownBy(() -> database.execute("SELECT 1")).isInstanceOf(TestkitException.class);
      assertThat(connection.isValid(1)).isFalse();
    }
  }
}
