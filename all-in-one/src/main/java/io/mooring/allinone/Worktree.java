package io.mooring.allinone;

import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clone of a project, worked on with the real git as its owner would. */
public final class Worktree {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Path directory;
  private final InstantSource clock;

  private Worktree(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** A pushed commit, and when {@code git push} was started and had ended. */
  public record Pushed(String commit, Instant started, Instant ended) {}

  /**
   * Clones {@code project} into {@code directory}, which must not exist. The token is handed to git
   * through a file of the clone, never on a command line.
   */
  public static Worktree clone(
      URI gitlab, String project, Secret token, Path directory, InstantSource clock)
      throws IOException {
    Worktree tree = new Worktree(directory, clock);
    Files.createDirectories(directory);
    tree.git("init", "--quiet", "--initial-branch=main");
    Path credentials = directory.resolve(".git/credentials");
    Files.writeString(
        credentials,
        "%s://root:%s@%s%n".formatted(gitlab.getScheme(), token.text(), gitlab.getAuthority()));
    Files.setPosixFilePermissions(
        credentials, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    tree.git("config", "credential.helper", "store --file=" + credentials);
    tree.git("config", "user.name", "Quickstart");
    tree.git("config", "user.email", "quickstart@example.com");
    tree.git("remote", "add", "origin", gitlab.resolve("/" + project + ".git").toString());
    return tree;
  }

  Path directory() {
    return directory;
  }

  /** Writes a file of the work tree. */
  public Worktree write(String path, String content) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
    Files.writeString(file, content);
    return this;
  }

  /** Removes a file of the work tree. */
  public Worktree remove(String path) throws IOException {
    Files.delete(directory.resolve(path));
    return this;
  }

  /** Commits everything and pushes {@code main}. */
  public Pushed push(String subject) {
    git("add", "--all");
    git("commit", "--quiet", "--message", subject);
    String commit = git("rev-parse", "HEAD").strip();
    Instant started = clock.instant();
    git("push", "--quiet", "origin", "main");
    return new Pushed(commit, started, clock.instant());
  }

  private String git(String... words) {
    return Command.of("git")
        .with(java.util.List.of(words))
        .withDirectory(directory)
        .withVariable("HOME", directory.toString())
        .withVariable("GIT_CONFIG_NOSYSTEM", "1")
        .withVariable("GIT_CONFIG_GLOBAL", "/dev/null")
        .withVariable("GIT_TERMINAL_PROMPT", "0")
        .withBound(LIMIT)
        .output();
  }
}
