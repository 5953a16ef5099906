package io.mooring.gitlab;

import io.mooring.gitlab.Wiring.DatabaseAddress;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.SecretFile;
import io.mooring.gitlab.database.EmbeddedDatabase;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import java.io.IOException;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The database of an installation: started when it is built in and does not run.
 *
 * @param address where it is
 * @param started what was started for it, and ends when this is closed
 */
record OpenDatabase(DatabaseAddress address, Optional<EmbeddedDatabase> started)
    implements AutoCloseable {

  /** For the application, which owns a database that is built in. */
  static OpenDatabase own(GitLabConfiguration configuration) {
    return switch (configuration.database()) {
      case Database.Embedded() -> started(configuration);
      case Database.External external -> new OpenDatabase(address(external), Optional.empty());
    };
  }

  /** For a command that works beside an application which may run. */
  static OpenDatabase beside(GitLabConfiguration configuration) {
    try {
      Optional<DatabaseAddress> running =
          configuration.database() instanceof Database.Embedded
              ? EmbeddedDatabase.running(configuration.dataDirectory())
                  .map(
                      found -> new DatabaseAddress(found.url(), found.username(), found.password()))
              : Optional.empty();
      return running
          .map(address -> new OpenDatabase(address, Optional.empty()))
          .orElseGet(() -> own(configuration));
    } catch (IOException e) {
      throw new SettingException(
          "data_directory", configuration.dataDirectory() + " cannot be read: " + e, e);
    }
  }

  /** Connections without a pool. */
  DataSource dataSource() {
    var source = new PGSimpleDataSource();
    source.setUrl(address.url());
    source.setUser(address.username());
    source.setPassword(address.password().text());
    return source;
  }

  private static OpenDatabase started(GitLabConfiguration configuration) {
    try {
      EmbeddedDatabase database = EmbeddedDatabase.start(configuration.dataDirectory());
      return new OpenDatabase(
          new DatabaseAddress(database.url(), database.username(), database.password()),
          Optional.of(database));
    } catch (IOException e) {
      throw new SettingException(
          "data_directory",
          "PostgreSQL cannot be started in "
              + configuration.dataDirectory()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static DatabaseAddress address(Database.External external) {
    Secret password =
        external
            .passwordFile()
            .map(file -> {
              SecretFile.requirePrivate("database.password_file", file);
              return SecretFiles.trimmed("database.password_file", file);
            })
            .orElseGet(() -> Secret.of(""));
    return new DatabaseAddress(external.url(), external.username(), password);
  }

  @Override
  public void close() {
    started.ifPresent(EmbeddedDatabase::close);
  }
}
