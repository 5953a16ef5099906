package io.mooring.gitlab;

import io.mooring.gitlab.backup.Backup;
import io.mooring.gitlab.backup.BackupException;
import io.mooring.gitlab.configuration.ConfigurationFile;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gitlab backup}: everything into one folder. */
@Command(
    name = "backup",
    description = "Writes a backup, also while the application runs.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Option(
      names = "--configuration-file",
      required = true,
      description = "YAML file with the settings of docs/gitlab.md.")
  private Path file = Path.of("gitlab.yml");

  @Option(names = "--to", required = true, description = "Folder to be made.")
  private Path folder = Path.of("backup");

  @Option(
      names = "--storage",
      paramLabel = "NAME=FOLDER",
      description = "Where the Git server of this name keeps its repositories.")
  private Map<String, Path> storages = Map.of();

  BackupCommand() {}

  /** 0 when it is done, 1 when it failed, 78 when a setting cannot be used. */
  @Override
  public Integer call() {
    try {
      GitLabConfiguration configuration = ConfigurationFile.read(file);
      try (OpenDatabase database = OpenDatabase.beside(configuration);
          Connection connection = database.dataSource().getConnection()) {
        new Backup(configuration, storages, InstantSource.system(), System.err::println)
            .write(connection, folder);
      }
      return 0;
    } catch (InvalidDocumentException | SettingException e) {
      System.err.println(e.getMessage());
      return Main.EXIT_SETTING;
    } catch (BackupException | SQLException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }
}
