package io.mooring.gitlab.configuration;

import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Makes files that only their owner can read, and refuses those that everybody can. */
public final class SecretFile {
  private SecretFile() {}

  /** Writes one line, so that a reader sees the whole file or none. */
  public static void create(Path file, String line) throws IOException {
    Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
    Files.createDirectories(directory);
    Path draft =
        Files.createTempFile(
            directory,
            ".secret",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(draft, (line + "\n").getBytes(StandardCharsets.US_ASCII));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Refuses a file that people without any business with it can read.
   *
   * @param setting name of the setting that holds the path
   */
  public static void requirePrivate(String setting, Path file) {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        throw new SettingException(
            setting, file + " is readable by everybody (expected: chmod o-r " + file + ")");
      }
    } catch (IOException e) {
      throw new SettingException(setting, file + " cannot be read: " + e, e);
    }
  }
}
