package io.mooring.allinone;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Everything a stack keeps: the programs' configuration files, their secrets, the database and the
 * repositories. Readable by its owner alone.
 */
final class StateDirectory implements AutoCloseable {

  private static final int SECRET_BYTES = 32; // what kas and GitLab ask of the secret they share

  private final Path root;
  private final boolean kept;
  private final SecureRandom random = new SecureRandom();

  private StateDirectory(Path root, boolean kept) {
    this.root = root;
    this.kept = kept;
  }

  /** A directory that is deleted when closed. */
  static StateDirectory temporary() throws IOException {
    return new StateDirectory(
        Files.createTempDirectory(
            "mooring-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))),
        false);
  }

  /** A directory that stays, made when missing. */
  static StateDirectory kept(Path root) throws IOException {
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    return new StateDirectory(root.toAbsolutePath().normalize(), true);
  }

  Path path(String name) {
    return root.resolve(name);
  }

  /** A file with 32 random bytes in base64, made when missing. */
  Path secretFile(String name) throws IOException {
    Path file = path(name);
    if (!Files.exists(file)) {
      byte[] bytes = new byte[SECRET_BYTES];
      random.nextBytes(bytes);
      write(name, Base64.getEncoder().encodeToString(bytes));
    }
    return file;
  }

  /** The text of a file that {@link #secretFile} or {@link #write} made. */
  Secret secret(Path file) throws IOException {
    return Secret.of(Files.readString(file).strip());
  }

  /** Writes a file that its owner alone may read. */
  Path write(String name, String text) throws IOException {
    Path file = path(name);
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  @Override
  public void close() throws IOException {
    if (!kept) {
      delete(root);
    }
  }

  static void delete(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            if (Files.exists(file)) {
              throw new UncheckedIOException("cannot delete " + file, gone);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException failed)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
