package io.mooring.gitlab;

import io.mooring.gitlab.backup.BackupException;
import io.mooring.gitlab.backup.Restore;
import io.mooring.gitlab.configuration.ConfigurationFile;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gitlab restore}: an installation out of one folder. */
@Command(
    name = "restore",
    description = "Makes a fresh installation of a backup; start the application afterwards.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Option(
      names = "--configuration-file",
      required = true,
      description = "YAML file with the settings of docs/gitlab.md.")
  private Path file = Path.of("gitlab.yml");

  @Option(names = "--from", required = true, description = "Folder that backup made.")
  private Path folder = Path.of("backup");

  @Option(
      names = "--storage",
      paramLabel = "NAME=FOLDER",
      description = "Where the Git server of this name keeps its repositories.")
  private Map<String, Path> storages = Map.of();

  RestoreCommand() {}

  /** 0 when it is done, 1 when it failed, 78 when a setting cannot be used. */
  @Override
  public Integer call() {
    try {
      GitLabConfiguration configuration = ConfigurationFile.read(file);
      GitLabApplication.createDataDirectory(configuration);
      try (OpenDatabase database = OpenDatabase.own(configuration)) {
        new Restore(configuration, storages).read(database.dataSource(), folder);
      }
      return 0;
    } catch (InvalidDocumentException | SettingException e) {
      System.err.println(e.getMessage());
      return Main.EXIT_SETTING;
    } catch (BackupException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }
}
