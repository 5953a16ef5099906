package io.mooring.gitlab.backup;

import io.mooring.gitlab.backup.Manifest.StoredRepository;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where repositories are: on the Git server, and in a backup. */
final class Storages {
  private Storages() {}

  static Path root(Map<String, Path> storages, StoredRepository repository) throws BackupException {
    return Optional.ofNullable(storages.get(repository.storage()))
        .orElseThrow(() ->
            new BackupException(
                "storage "
                    + repository.storage()
                    + " has repositories (expected: --storage "
                    + repository.storage()
                    + "=FOLDER of its Git server)"));
  }

  static Path below(Path folder, StoredRepository repository) {
    return folder.resolve("repositories").resolve(repository.storage());
  }
}
