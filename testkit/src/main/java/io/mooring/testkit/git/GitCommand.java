package io.mooring.testkit.git;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.Command;
import io.mooring.testkit.report.RealServers;
import io.mooring.testkit.setup.Setup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * git in one directory. No configuration of the machine or the user is read, nothing is asked for
 * on a terminal, names and dates of commits are fixed, the first branch is {@code main}. Immutable.
 */
public final class GitCommand {
  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("GIT_CONFIG_GLOBAL", "/dev/null"),
          Map.entry("GIT_CONFIG_NOSYSTEM", "1"),
          Map.entry("GIT_TERMINAL_PROMPT", "0"),
          Map.entry("GIT_CONFIG_COUNT", "2"),
          Map.entry("GIT_CONFIG_KEY_0", "init.defaultBranch"),
          Map.entry("GIT_CONFIG_VALUE_0", "main"),
          // A test's repository is gone before a background collection could end.
          Map.entry("GIT_CONFIG_KEY_1", "gc.auto"),
          Map.entry("GIT_CONFIG_VALUE_1", "0"),
          Map.entry("GIT_AUTHOR_NAME", "Ada Author"),
          Map.entry("GIT_AUTHOR_EMAIL", "ada@example.com"),
          Map.entry("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"),
          Map.entry("GIT_COMMITTER_NAME", "Carl Committer"),
          Map.entry("GIT_COMMITTER_EMAIL", "carl@example.com"),
          Map.entry("GIT_COMMITTER_DATE", "2026-01-02T03:04:06Z"),
          Map.entry("HOME", "/nonexistent"),
          Map.entry("LC_ALL", "C.UTF-8"));

  private final Path directory;
  private final Map<String, String> environment;

  private GitCommand(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  /** git in this directory, which exists; the running test counts as using git. */
  public static GitCommand in(Path directory) {
    RealServers.used("git", version());
    return new GitCommand(directory.toAbsolutePath(), ENVIRONMENT);
  }

  /** Makes a repository with a working tree in this directory, which is created if needed. */
  public static GitCommand init(Path directory) {
    var git = in(created(directory));
    git.run("init", "--quiet");
    return git;
  }

  /** Makes a bare repository in this directory, which is created if needed. */
  public static GitCommand initBare(Path directory) {
    var git = in(created(directory));
    git.run("init", "--quiet", "--bare");
    return git;
  }

  /** Such as {@code 2.39.5}. */
  public static String version() {
    return Version.INSTALLED;
  }

  /** Where it works. */
  public Path directory() {
    return directory;
  }

  /** With one more environment variable, or another value of one. */
  public GitCommand withVariable(String name, String value) {
    var all = new LinkedHashMap<>(environment);
    all.put(name, value);
    return new GitCommand(directory, all);
  }

  /** Clones into a subdirectory of this one, and works there. */
  public GitCommand cloneTo(String url, String subdirectory) {
    run("clone", "--quiet", url, subdirectory);
    return new GitCommand(directory.resolve(subdirectory), environment);
  }

  /**
   * Runs to success and returns standard output without the line end.
   *
   * @throws TestkitException with all the output, when git fails
   */
  public String run(String... arguments) {
    return command(arguments).output().stripTrailing();
  }

  /** The command, not yet run: for an own input or bound, or an expected failure. */
  public Command command(String... arguments) {
    Command command = Command.of("git").with(List.of(arguments)).withDirectory(directory);
    for (var variable : environment.entrySet()) {
      command = command.withVariable(variable.getKey(), variable.getValue());
    }
    return command;
  }

  /** Writes a file of the working tree; its folders are created. */
  public GitCommand write(String file, String text) {
    Path path = directory.resolve(file);
    try {
      Files.createDirectories(path.resolveSibling(""));
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
    return this;
  }

  /** Commits all that changed in the working tree, also nothing, and returns the commit id. */
  public String commit(String message) {
    run("add", "--all");
    run("commit", "--quiet", "--allow-empty", "--message", message);
    return run("rev-parse", "HEAD");
  }

  private static Path created(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
  }

  /** Asked once, when first wanted. */
  private static final class Version {
    static final String INSTALLED = read();

    private static String read() {
      Setup.provide("git", "git");
      return Command.of("git", "--version").output().strip().replace("git version ", "");
    }
  }
}
