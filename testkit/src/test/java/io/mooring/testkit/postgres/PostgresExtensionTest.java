package io.mooring.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@RealPostgres
final class PostgresExtensionTest {
  @Test
  void givesAnEmptyDatabase(PostgresDatabase database, PostgresServer server) {
    database.execute("CREATE TABLE t (id int)");

    assertThat(server.version()).startsWith("18.");
  }
}
