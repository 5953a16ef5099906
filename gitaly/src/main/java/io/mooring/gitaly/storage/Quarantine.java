package io.mooring.gitaly.storage;

import io.mooring.gitaly.failure.GitalyFailure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * A place for the objects of one push, which nobody else sees until GitLab allowed it. Closing
 * throws away what was not taken over: a push that is refused, or breaks off, leaves nothing
 * behind.
 */
public final class Quarantine implements AutoCloseable {
  /** Git's own prefix, so that {@code git gc} removes what a crash left. */
  private static final String PREFIX = "tmp_objdir-incoming-";

  private final Path objects;
  private final Path folder;
  private final Repository repository;

  private Quarantine(Path objects, Path folder, Repository repository) {
    this.objects = objects;
    this.folder = folder;
    this.repository = repository;
  }

  /** Opens a quarantine for a repository. */
  public static Quarantine open(Location location) throws IOException {
    Path objects = location.directory().resolve("objects");
    Path folder = Files.createTempDirectory(objects, PREFIX);
    Files.createDirectories(folder.resolve("pack"));
    Repository repository =
        new FileRepositoryBuilder()
            .setGitDir(location.directory().toFile())
            .setBare()
            .setObjectDirectory(folder.toFile())
            .addAlternateObjectDirectory(objects.toFile())
            .build();
    return new Quarantine(objects, folder, repository);
  }

  /**
   * A repository seen through object directories that somebody else opened. To be closed by the
   * caller.
   *
   * @param directory where new objects wait, below the repository
   * @param alternates further object directories, below the repository
   * @throws GitalyFailure when a directory is not one of the repository's object directories
   */
  static Repository look(Location location, String directory, List<String> alternates)
      throws IOException {
    var builder =
        new FileRepositoryBuilder()
            .setGitDir(location.directory().toFile())
            .setBare()
            .setObjectDirectory(objectDirectory(location, directory).toFile());
    for (String alternate : alternates) {
      builder.addAlternateObjectDirectory(objectDirectory(location, alternate).toFile());
    }
    return builder.build();
  }

  private static Path objectDirectory(Location location, String path) {
    Path objects = location.directory().resolve("objects");
    Path directory = location.directory().resolve(path).normalize();
    if (!directory.startsWith(objects) || !Files.isDirectory(directory)) {
      throw GitalyFailure.invalid("object directory \"" + path + "\" is not one of the repository");
    }
    return directory;
  }

  /** The repository with the new objects in it. References are those of the real one. */
  public Repository repository() {
    return repository;
  }

  /** The folder of the new objects, below the repository. */
  public String relativePath() {
    return "objects/" + folder.getFileName();
  }

  /** Makes the new objects part of the repository; they are on disk when this returns. */
  public void takeOver() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files =
          all.filter(Quarantine::isObject)
              .sorted(Comparator.comparing(Quarantine::isIndex))
              .toList();
    }
    for (Path file : files) {
      Path target = objects.resolve(folder.relativize(file).toString());
      Path parent = target.getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        Files.createDirectories(parent);
      }
      link(file, target);
    }
    for (Path touched :
        files.stream()
            .map(file -> objects.resolve(folder.relativize(file).toString()).getParent())
            .distinct()
            .toList()) {
      DurableFiles.syncFolder(touched);
    }
  }

  /** Not the lock that JGit holds on the pack while the push runs. */
  private static boolean isObject(Path file) {
    return Files.isRegularFile(file) && !file.toString().endsWith(".keep");
  }

  /** The index makes a pack visible, so it goes last. */
  private static boolean isIndex(Path file) {
    return file.toString().endsWith(".idx");
  }

  // A link, because the files stay open under their first name until the push is over.
  private static void link(Path file, Path target) throws IOException {
    try {
      Files.createLink(target, file);
    } catch (FileAlreadyExistsException e) {
      // The name is a hash of the content, so this is the same file.
    } catch (UnsupportedOperationException e) {
      Files.copy(file, target);
      DurableFiles.syncFolder(target);
    }
  }

  @Override
  public void close() throws IOException {
    repository.close();
    DurableFiles.deleteTree(folder);
  }
}
