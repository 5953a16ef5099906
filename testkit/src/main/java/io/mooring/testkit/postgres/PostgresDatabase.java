package io.mooring.testkit.postgres;

import io.mooring.testkit.TestkitException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** An empty database of a running server; dropped when closed. May be used from any thread. */
public final class PostgresDatabase implements AutoCloseable {
  private final PostgresServer server;
  private final String name;

  PostgresDatabase(PostgresServer server, String name) {
    this.server = server;
    this.name = name;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Such as {@code jdbc:postgresql://127.0.0.1:34567/test1}, without credentials. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + name;
  }

  /** Who may do all in it. */
  public String user() {
    return PostgresServer.USER;
  }

  /** The password of {@link #user()}; the server trusts all who reach its loopback port. */
  public String password() {
    return PostgresServer.USER;
  }

  /** New connections, not pooled. */
  public DataSource dataSource() {
    return server.dataSource(name);
  }

  /** Runs statements, separated by semicolons. */
  public void execute(String sql) {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new TestkitException("PostgreSQL refused: " + sql, e);
    }
  }

  /** Ends its connections and drops it. */
  @Override
  public void close() {
    server.drop(name);
  }

  @Override
  public String toString() {
    return "PostgresDatabase[" + jdbcUrl() + "]";
  }
}
