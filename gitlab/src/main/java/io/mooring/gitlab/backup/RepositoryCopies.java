package io.mooring.gitlab.backup;

import io.mooring.gitlab.backup.Manifest.StoredRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Copies repositories by Git's own fetch, which hands out whole histories while others push. One
 * thread.
 */
final class RepositoryCopies {
  /** A repository of many gigabytes takes minutes. */
  private static final Duration LIMIT = Duration.ofHours(2);

  private RepositoryCopies() {}

  /** Whether there is a repository. */
  static boolean exists(Path root, StoredRepository repository) {
    return Files.exists(root.resolve(repository.path()).resolve("HEAD"));
  }

  /** Copies every reference and what it leads to; the copy must not be there yet. */
  static void copy(Path from, Path to, StoredRepository repository)
      throws IOException, BackupException {
    Path source = from.resolve(repository.path());
    Path target = to.resolve(repository.path());
    if (Files.exists(target)) {
      throw new BackupException(target + " is there already (expected: an empty storage)");
    }
    Files.createDirectories(target);
    git(List.of("init", "--quiet", "--bare", "--template=", target.toString()), target);
    git(
        List.of(
            "-C",
            target.toString(),
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            source.toAbsolutePath().toString(),
            "+refs/*:refs/*"),
        target);
    // The default branch, which an empty repository has too.
    Files.copy(source.resolve("HEAD"), target.resolve("HEAD"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void git(List<String> arguments, Path about) throws IOException, BackupException {
    var command = new java.util.ArrayList<>(List.of("git"));
    command.addAll(arguments);
    Path log = Files.createTempFile("git", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new BackupException(about + ": git did not end within " + LIMIT.toHours() + " hours");
      }
      if (process.exitValue() != 0) {
        throw new BackupException(
            about + ": git failed: " + Files.readString(log, StandardCharsets.UTF_8).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackupException("interrupted", e);
    } finally {
      Files.deleteIfExists(log);
    }
  }
}
