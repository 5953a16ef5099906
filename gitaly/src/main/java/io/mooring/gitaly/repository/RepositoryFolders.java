package io.mooring.gitaly.repository;

import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.gitaly.storage.DurableFiles;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.gitaly.storage.Storage;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.api.errors.InvalidRefNameException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * Makes and removes repositories. Both happen in one step for everybody who looks: a repository is
 * made beside its place and renamed into it, and renamed away before it is removed.
 */
public final class RepositoryFolders {
  private static final String WORK = "tmp";

  private final Repositories repositories;

  /** Works in the storages of these repositories. */
  public RepositoryFolders(Repositories repositories) {
    this.repositories = repositories;
  }

  /**
   * Makes an empty bare repository.
   *
   * @param branch that HEAD stands for, without {@code refs/heads/}
   * @throws GitalyFailure when something is at the place already
   */
  public void create(Location place, String branch) throws IOException {
    if (!Repository.isValidRefName(Constants.R_HEADS + branch)) {
      throw GitalyFailure.invalid(
          "invalid default branch: \"" + branch + "\" (expected: the name of a branch)");
    }
    if (Files.exists(place.directory(), LinkOption.NOFOLLOW_LINKS)) {
      throw exists();
    }
    Path made = Files.createTempDirectory(work(place.storage()), "create-");
    try {
      try (Repository repository =
          new FileRepositoryBuilder()
              .setGitDir(made.toFile())
              .setBare()
              .setInitialBranch(branch)
              .build()) {
        repository.create(true);
      } catch (InvalidRefNameException e) {
        throw new GitalyFailure(
            Kind.INVALID_ARGUMENT, "invalid default branch: \"" + branch + "\"", e);
      }
      DurableFiles.syncTree(made);
      moveTo(made, place.directory());
    } finally {
      DurableFiles.deleteTree(made);
    }
  }

  /**
   * Removes a repository, also a damaged one.
   *
   * @throws GitalyFailure when there is none
   */
  public void remove(Location place) throws IOException {
    Path directory = place.directory();
    if (!Files.isDirectory(directory)) {
      throw GitalyFailure.notFound("repository does not exist");
    }
    // A folder that holds other repositories has none of these.
    if (Stream.of("objects", "refs", "HEAD")
        .noneMatch(part -> Files.exists(directory.resolve(part)))) {
      throw GitalyFailure.precondition("repository not valid: \"objects\" does not exist");
    }
    Path removed = Files.createTempDirectory(work(place.storage()), "remove-");
    repositories.forget(place);
    Files.move(directory, removed, StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.syncFolder(parent(directory));
    DurableFiles.deleteTree(removed);
  }

  /** Bytes of all files of a repository. */
  public long size(Location place) throws IOException {
    var sum =
        new SimpleFileVisitor<Path>() {
          private long bytes;

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          // Git makes and removes files at any time.
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        };
    Files.walkFileTree(place.directory(), sum);
    return sum.bytes;
  }

  /**
   * Removes what an earlier process left half made or half removed. To be called before any other
   * use.
   */
  public void removeLeftovers() throws IOException {
    for (Storage storage : repositories.storages().all()) {
      List<Path> leftovers;
      try (Stream<Path> list = Files.list(work(storage))) {
        leftovers = list.toList();
      }
      for (Path leftover : leftovers) {
        DurableFiles.deleteTree(leftover);
      }
    }
  }

  private static void moveTo(Path made, Path place) throws IOException {
    Files.createDirectories(parent(place));
    try {
      Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        throw exists();
      }
      throw e;
    }
    DurableFiles.syncFolder(parent(place));
  }

  private static GitalyFailure exists() {
    return new GitalyFailure(Kind.ALREADY_EXISTS, "repository exists already");
  }

  private static Path work(Storage storage) throws IOException {
    return Files.createDirectories(storage.ownFolder().resolve(WORK));
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }
}
