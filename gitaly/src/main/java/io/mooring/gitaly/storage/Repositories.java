package io.mooring.gitaly.storage;

import io.mooring.gitaly.failure.GitalyFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * Open repositories, shared between calls so that references and pack indexes are read once. A
 * caller closes what it got; the last one to close a repository that was pushed out of here frees
 * it.
 */
public final class Repositories implements AutoCloseable {
  /** An open repository holds the indexes of its packs: a few megabytes where it is large. */
  static final int MAX_OPEN = 128;

  private record Open(Repository repository, Object identity) {}

  private final Storages storages;
  private final Map<Path, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  /** Repositories in these storages. */
  public Repositories(Storages storages) {
    this.storages = storages;
  }

  /** Where repositories may lie. */
  public Storages storages() {
    return storages;
  }

  /**
   * The repository at an address. To be closed by the caller.
   *
   * @throws GitalyFailure when there is none
   */
  public Repository open(RepositoryAddress address) throws IOException {
    return open(storages.existing(address));
  }

  /**
   * The repository a request names; like {@link #open(RepositoryAddress)}. When it names object
   * directories too, as GitLab does while it judges a push, the objects that wait there are seen.
   */
  public Repository open(io.mooring.wire.gitaly.Repository named) throws IOException {
    if (named.getGitObjectDirectory().isEmpty()) {
      return open(RepositoryAddress.of(named));
    }
    return Quarantine.look(
        storages.existing(RepositoryAddress.of(named)),
        named.getGitObjectDirectory(),
        named.getGitAlternateObjectDirectoriesList());
  }

  /** The repository at a place where there is one. To be closed by the caller. */
  public Repository open(Location location) throws IOException {
    Path directory = location.directory();
    Object identity = identity(directory);
    synchronized (open) {
      Open known = open.get(directory);
      if (known != null && known.identity.equals(identity)) {
        known.repository.incrementOpen();
        return known.repository;
      }
    }
    Repository opened;
    try {
      opened =
          new FileRepositoryBuilder()
              .setGitDir(directory.toFile())
              .setBare()
              .setMustExist(true)
              .build();
    } catch (RepositoryNotFoundException e) {
      throw new GitalyFailure(GitalyFailure.Kind.NOT_FOUND, "repository not found", e);
    }
    opened.incrementOpen();
    keep(directory, new Open(opened, identity));
    return opened;
  }

  /** Lets go of a repository that is about to be removed. Calls that still use it go on. */
  public void forget(Location location) {
    Open known;
    synchronized (open) {
      known = open.remove(location.directory());
    }
    if (known != null) {
      known.repository.close();
    }
  }

  /** Number of repositories held open. */
  public int size() {
    synchronized (open) {
      return open.size();
    }
  }

  @Override
  public void close() {
    java.util.List<Open> all;
    synchronized (open) {
      all = java.util.List.copyOf(open.values());
      open.clear();
    }
    all.forEach(known -> known.repository.close());
  }

  private void keep(Path directory, Open opened) {
    Open before;
    Open eldest = null;
    synchronized (open) {
      before = open.put(directory, opened);
      if (open.size() > MAX_OPEN) {
        Path first = open.keySet().iterator().next();
        eldest = open.remove(first);
      }
    }
    if (before != null) {
      before.repository.close();
    }
    if (eldest != null) {
      eldest.repository.close();
    }
  }

  /** Tells a repository from another one that was put in its place. */
  private static Object identity(Path directory) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(directory, BasicFileAttributes.class);
    Object key = attributes.fileKey();
    return key == null ? attributes.creationTime() : key;
  }
}
