package io.mooring.gitaly.storage;

import io.mooring.gitaly.failure.GitalyFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The storages by name, and the checks that turn an address into a place (gitlab-side.md 8.1,
 * repository argument checks; the texts are the protocol's). Nothing that lies outside of a storage
 * is ever named by a {@link Location}: not by {@code ..}, and not by a symbolic link on the way.
 */
public final class Storages {
  private static final String ESCAPES = "relative path escapes root directory";

  private final Map<String, Storage> byName = new LinkedHashMap<>();

  /** These storages, in this order. */
  public Storages(Collection<Storage> storages) {
    for (Storage storage : storages) {
      byName.put(storage.name(), storage);
    }
  }

  /** All storages in the order of the configuration. */
  public Collection<Storage> all() {
    return byName.values();
  }

  /**
   * The place of an address, whether something is there or not.
   *
   * @throws GitalyFailure when the address names no place inside a storage
   */
  public Location locate(RepositoryAddress address) throws IOException {
    if (address.storageName().isEmpty() && address.relativePath().isEmpty()) {
      throw GitalyFailure.invalid("repository not set");
    }
    if (address.storageName().isEmpty()) {
      throw GitalyFailure.invalid("storage name not set");
    }
    if (address.relativePath().isEmpty()) {
      throw GitalyFailure.invalid("repository path not set");
    }
    Storage storage = byName.get(address.storageName());
    if (storage == null) {
      throw GitalyFailure.invalid("storage name not found");
    }
    Path directory = below(storage.root(), address.relativePath());
    if (directory.startsWith(storage.ownFolder())) {
      throw GitalyFailure.invalid(
          "relative path collides with the server's own folder " + Storage.OWN_FOLDER);
    }
    return new Location(storage, directory);
  }

  /**
   * The place of a repository that is there.
   *
   * @throws GitalyFailure when there is none
   */
  public Location existing(RepositoryAddress address) throws IOException {
    Location location = locate(address);
    if (!Files.isDirectory(location.directory())) {
      throw GitalyFailure.notFound("repository not found");
    }
    for (String part : new String[] {"objects", "refs", "HEAD"}) {
      if (!Files.exists(location.directory().resolve(part))) {
        throw GitalyFailure.precondition("repository not valid: \"" + part + "\" does not exist");
      }
    }
    return location;
  }

  private static Path below(Path root, String relativePath) throws IOException {
    Path directory;
    try {
      // A leading slash means the root of the storage, as it does where paths are simply joined.
      directory =
          root.resolve(
              root.getFileSystem().getPath("/" + relativePath).normalize().toString().substring(1));
    } catch (InvalidPathException e) {
      throw new GitalyFailure(
          GitalyFailure.Kind.INVALID_ARGUMENT, "relative path is not a path", e);
    }
    if (directory.equals(root) || climbs(relativePath) || !realPath(directory).startsWith(root)) {
      throw GitalyFailure.invalid(ESCAPES);
    }
    return directory;
  }

  /** Whether a path goes above its start anywhere on its way. */
  private static boolean climbs(String relativePath) {
    int depth = 0;
    for (String part : relativePath.split("/", -1)) {
      switch (part) {
        case "", "." -> {}
        case ".." -> depth--;
        default -> depth++;
      }
      if (depth < 0) {
        return true;
      }
    }
    return false;
  }

  /** The real path of as much of the path as exists, with the rest behind it. */
  private static Path realPath(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      try {
        return path.toRealPath();
      } catch (java.nio.file.FileSystemException e) {
        // A link that leads nowhere or in circles leads out of the storage as far as a repository
        // is concerned.
        throw new GitalyFailure(GitalyFailure.Kind.INVALID_ARGUMENT, ESCAPES, e);
      }
    }
    Path parent = path.getParent();
    Path name = path.getFileName();
    return parent == null || name == null ? path : realPath(parent).resolve(name.toString());
  }
}
