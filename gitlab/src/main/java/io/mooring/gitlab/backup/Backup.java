package io.mooring.gitlab.backup;

import io.mooring.gitlab.backup.Manifest.StoredRepository;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.gitaly.RepositoryCoordinates;
import io.mooring.protocol.build.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes a backup while the application runs. The tables come from one snapshot; the repositories
 * are copied after it, so they hold at least every commit that the tables tell of.
 */
public final class Backup {
  private final GitLabConfiguration configuration;
  private final Map<String, Path> storages;
  private final InstantSource clock;
  private final Consumer<String> talk;

  /**
   * A backup of an installation.
   *
   * @param storages folders of the Git servers, by the names of the storages
   * @param talk told what was left out
   */
  public Backup(
      GitLabConfiguration configuration,
      Map<String, Path> storages,
      InstantSource clock,
      Consumer<String> talk) {
    this.configuration = configuration;
    this.storages = Map.copyOf(storages);
    this.clock = clock;
    this.talk = talk;
  }

  /**
   * Writes everything to a folder that is not there yet.
   *
   * @throws BackupException when it cannot; what was written is no backup then
   */
  public void write(Connection connection, Path folder) throws BackupException {
    if (Files.exists(folder)) {
      throw new BackupException(folder + " is there already (expected: a folder to be made)");
    }
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Secrets.write(configuration, folder.resolve("secrets"));
      Manifest manifest = tables(connection, Files.createDirectories(folder.resolve("tables")));
      for (StoredRepository repository : manifest.repositories()) {
        Path root = Storages.root(storages, repository);
        if (RepositoryCopies.exists(root, repository)) {
          RepositoryCopies.copy(root, Storages.below(folder, repository), repository);
        } else {
          talk.accept(
              "no repository at "
                  + root.resolve(repository.path())
                  + ": removed since, or never made");
        }
      }
      manifest.write(folder);
    } catch (IOException | SQLException e) {
      throw new BackupException("backup failed: " + e.getMessage(), e);
    }
  }

  private Manifest tables(Connection connection, Path folder) throws SQLException, IOException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    var tables = new Tables(connection);
    List<String> migrations = tables.migrations();
    List<StoredRepository> repositories = new ArrayList<>();
    for (Map.Entry<Long, String> project : tables.projects()) {
      var at = RepositoryCoordinates.ofProject(project.getKey(), "", project.getValue());
      repositories.add(new StoredRepository(at.storageName(), at.relativePath()));
    }
    Map<String, Long> rows = tables.write(folder);
    connection.rollback();
    return new Manifest(
        Manifest.FORMAT,
        BuildInfo.current().version(),
        clock.instant(),
        migrations,
        rows,
        repositories);
  }
}
