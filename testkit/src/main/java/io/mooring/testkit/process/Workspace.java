package io.mooring.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Temporary directories whose name carries the process that made them, so that what a killed run
 * left behind is removed by the next one.
 */
public final class Workspace {
  private static final Pattern NAME = Pattern.compile("mooring-(\\d+)-.*");

  private Workspace() {}

  /** A new directory that only this user can read. */
  public static Path create(String purpose) {
    Path root = Path.of(System.getProperty("java.io.tmpdir"));
    sweep(root);
    try {
      return Files.createTempDirectory(
          root, "mooring-%d-%s-".formatted(ProcessHandle.current().pid(), purpose));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a directory below " + root, e);
    }
  }

  /** Removes a directory and all in it; symbolic links are removed, not followed. */
  public static void delete(Path directory) {
    try {
      Files.walkFileTree(directory, new Removal());
    } catch (NoSuchFileException e) {
      // Already gone.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }

  private static void sweep(Path root) {
    List<Path> stale;
    try (var entries = Files.list(root)) {
      stale = entries.filter(Workspace::isStale).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + root, e);
    }
    stale.forEach(Workspace::delete);
  }

  private static boolean isStale(Path directory) {
    var match = NAME.matcher(directory.getFileName().toString());
    return match.matches()
        && Files.isWritable(directory)
        && ProcessHandle.of(Long.parseLong(match.group(1))).isEmpty();
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      // Another run may remove the same leftovers.
      if (failure != null && !(failure instanceof NoSuchFileException)) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
