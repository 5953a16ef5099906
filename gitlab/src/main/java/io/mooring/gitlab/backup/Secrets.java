package io.mooring.gitlab.backup;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The files without which what is stored is worth less: keys, and what others are known by. */
final class Secrets {
  private Secrets() {}

  /** Copies those that are there. */
  static void write(GitLabConfiguration configuration, Path folder) throws IOException {
    for (Map.Entry<String, Path> file : files(configuration).entrySet()) {
      if (Files.exists(file.getValue())) {
        SecretFile.create(folder.resolve(file.getKey()), line(file.getValue()));
      }
    }
  }

  /**
   * Puts them where the configuration wants them.
   *
   * @throws BackupException when another one is there
   */
  static void read(GitLabConfiguration configuration, Path folder)
      throws IOException, BackupException {
    for (Map.Entry<String, Path> file : files(configuration).entrySet()) {
      Path saved = folder.resolve(file.getKey());
      if (!Files.exists(saved)) {
        continue;
      }
      if (!Files.exists(file.getValue())) {
        SecretFile.create(file.getValue(), line(saved));
      } else if (!line(file.getValue()).equals(line(saved))) {
        throw new BackupException(
            file.getValue()
                + " differs from the backup's (expected: no such file, or the same; move it away)");
      }
    }
  }

  private static String line(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.US_ASCII).strip();
  }

  private static Map<String, Path> files(GitLabConfiguration configuration) {
    return new TreeMap<>(
        Map.of(
            "secret_key_base", configuration.dataDirectory().resolve(".secret_key_base"),
            "gitlab_kas_secret", configuration.kas().secretFile(),
            "gitlab_shell_secret", configuration.gitaly().hookSecretFile()));
  }
}
