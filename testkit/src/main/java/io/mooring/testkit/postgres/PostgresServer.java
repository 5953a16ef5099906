package io.mooring.testkit.postgres;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.Workspace;
import io.mooring.testkit.report.RealServers;
import io.mooring.testkit.setup.Setup;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL made for tests: no durability, unpacked from the build's own dependencies into the
 * project's cache, also when run as root. Ends when closed, and also when this JVM dies. May be
 * used from any thread.
 */
public final class PostgresServer implements AutoCloseable {
  static final String USER = "postgres";

  private static final Duration READY_BOUND = Duration.ofMinutes(1);
  private static @Nullable PostgresServer shared;

  private final AtomicInteger databases = new AtomicInteger();
  private final Path directory;
  private final EmbeddedPostgres postgres;
  private final PostgresWatchdog watchdog;
  private final String version;

  private PostgresServer(Path directory) throws IOException {
    this.directory = directory;
    Path data = directory.resolve("data");
    this.postgres =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(Setup.cache().resolve("postgresql").toFile())
            .setDataDirectory(data)
            .setPGStartupWait(READY_BOUND)
            .setServerConfig("fsync", "off")
            .setServerConfig("synchronous_commit", "off")
            .setServerConfig("full_page_writes", "off")
            .setServerConfig("max_connections", "200")
            .setLocaleConfig("locale", "C.UTF-8")
            .setRegisterShutdownHook(false)
            .start();
    this.watchdog = PostgresWatchdog.over(data);
    this.version = readVersion();
  }

  /** Starts a server of its own: about three seconds the first time on a machine, then one. */
  public static PostgresServer start() {
    Path directory = Workspace.create("postgres");
    try {
      return new PostgresServer(directory);
    } catch (IOException e) {
      throw new TestkitException("PostgreSQL did not start in " + directory, e);
    }
  }

  /** The one server of this test run; the running test counts as using it. */
  public static synchronized PostgresServer shared() {
    PostgresServer current = shared;
    if (current == null) {
      current = start();
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform().name("testkit-postgres-end").unstarted(current::close));
      shared = current;
    }
    RealServers.used("PostgreSQL", current.version);
    return current;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return postgres.getPort();
  }

  /** Such as {@code 18.6}. */
  public String version() {
    return version;
  }

  /** Creates an empty database; the caller closes it. */
  public PostgresDatabase createDatabase() {
    String name = "test" + databases.incrementAndGet();
    run("CREATE DATABASE " + name);
    return new PostgresDatabase(this, name);
  }

  /** Ends it at once and removes its data. Does nothing twice. */
  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new TestkitException("PostgreSQL did not stop", e);
    } finally {
      watchdog.close();
      Workspace.delete(directory);
    }
  }

  DataSource dataSource(String name) {
    return postgres.getDatabase(USER, name);
  }

  void drop(String name) {
    run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  private void run(String sql) {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new TestkitException("PostgreSQL refused: " + sql, e);
    }
  }

  private String readVersion() {
    try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new TestkitException("PostgreSQL does not tell its version", e);
    }
  }
}
