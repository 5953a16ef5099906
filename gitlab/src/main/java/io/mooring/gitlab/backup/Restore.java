package io.mooring.gitlab.backup;

import io.mooring.gitlab.backup.Manifest.StoredRepository;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Makes a fresh installation of a backup. An older backup gets the schema it was made with; the
 * next start of the application migrates it, as it migrates any other older database.
 */
public final class Restore {
  private final GitLabConfiguration configuration;
  private final Map<String, Path> storages;

  /**
   * Into this installation.
   *
   * @param storages folders of the Git servers, by the names of the storages
   */
  public Restore(GitLabConfiguration configuration, Map<String, Path> storages) {
    this.configuration = configuration;
    this.storages = Map.copyOf(storages);
  }

  /**
   * Reads everything from a folder.
   *
   * @throws BackupException when something is there already, or the backup is not whole
   */
  public void read(DataSource database, Path folder) throws BackupException {
    try {
      Manifest manifest = Manifest.read(folder);
      for (StoredRepository repository : manifest.repositories()) {
        Path _ = Storages.root(storages, repository);
      }
      requireEmpty(database);
      Secrets.read(configuration, folder.resolve("secrets"));
      for (StoredRepository repository : manifest.repositories()) {
        Path saved = Storages.below(folder, repository);
        if (RepositoryCopies.exists(saved, repository)) {
          RepositoryCopies.copy(saved, Storages.root(storages, repository), repository);
        }
      }
      migrate(database, manifest);
      try (Connection connection = database.getConnection()) {
        connection.setAutoCommit(false);
        new Tables(connection).read(folder.resolve("tables"), manifest.tables());
        connection.commit();
      }
    } catch (IOException | SQLException e) {
      throw new BackupException("restore failed: " + e.getMessage(), e);
    }
  }

  private static void requireEmpty(DataSource database) throws SQLException, BackupException {
    try (Connection connection = database.getConnection()) {
      List<String> tables = new Tables(connection).names();
      if (!tables.isEmpty()) {
        throw new BackupException(
            "the database has tables already: "
                + String.join(", ", tables)
                + " (expected: an empty database)");
      }
    }
  }

  private static void migrate(DataSource database, Manifest manifest)
      throws SQLException, BackupException {
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:io/mooring/gitlab/database")
        .outOfOrder(true)
        .target(manifest.migrations().getLast())
        .load()
        .migrate();
    try (Connection connection = database.getConnection()) {
      List<String> made = new Tables(connection).migrations();
      if (!made.equals(manifest.migrations())) {
        throw new BackupException(
            "the backup has the schema "
                + manifest.migrations()
                + " (expected: "
                + made
                + "; restore with the release that made it: "
                + manifest.version()
                + ")");
      }
    }
  }
}
