package io.mooring.gitlab.backup;

import io.mooring.gitlab.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/**
 * What a backup holds. Written last, so that a folder without one is no backup.
 *
 * @param format of the folder; there is one
 * @param version of the program that made it
 * @param createdAt when the snapshot of the database was taken
 * @param migrations versions of the schema that the tables have
 * @param tables their rows, by name
 * @param repositories the repositories of the projects in it
 */
record Manifest(
    int format,
    String version,
    Instant createdAt,
    List<String> migrations,
    Map<String, Long> tables,
    List<StoredRepository> repositories) {
  static final int FORMAT = 1;
  private static final String FILE = "manifest.json";

  Manifest {
    migrations = List.copyOf(migrations);
    tables = java.util.Collections.unmodifiableMap(new TreeMap<>(tables));
    repositories = List.copyOf(repositories);
  }

  /** A repository by the storage and the path that Git servers know it by. */
  record StoredRepository(String storage, String path) {}

  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE), Json.MAPPER.writeValueAsString(this));
  }

  static Manifest read(Path folder) throws IOException, BackupException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      throw new BackupException(
          folder + " is no whole backup: it has no " + FILE + " (expected: what backup --to made)");
    }
    try {
      Manifest manifest = Json.MAPPER.readValue(Files.readString(file), Manifest.class);
      if (manifest.format() != FORMAT) {
        throw new BackupException(
            file + ": format " + manifest.format() + " (expected: " + FORMAT + ")");
      }
      return manifest;
    } catch (JacksonException e) {
      throw new BackupException(file + " cannot be read: " + e.getOriginalMessage(), e);
    }
  }
}
