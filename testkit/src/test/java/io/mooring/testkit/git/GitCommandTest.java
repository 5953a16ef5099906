package io.mooring.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GitCommandTest {
  @TempDir Path directory;

  @Test
  void pushesToABareRepositoryAndClonesIt() {
    var bare = GitCommand.initBare(directory.resolve("origin.git"));
    var work = GitCommand.init(directory.resolve("work")).write("deep/file.yaml", "a: 1\n");

    String commit = work.commit("Add a file");
    work.run("push", "--quiet", bare.directory().toString(), "main");

    var copy = GitCommand.in(directory).cloneTo(bare.directory().toString(), "copy");
    assertThat(copy.run("rev-parse", "HEAD")).isEqualTo(commit);
    assertThat(copy.directory().resolve("deep/file.yaml")).hasContent("a: 1");
  }

  @Test
  void makesTheSameCommitEveryTime() {
    String first = GitCommand.init(directory.resolve("1")).write("f", "x").commit("Same");
    String second = GitCommand.init(directory.resolve("2")).write("f", "x").commit("Same");

    assertThat(first).hasSize(40).isEqualTo(second);
  }

  @Test
  void readsNoConfigurationButItsOwn() {
    var git = GitCommand.init(directory.resolve("r"));

    assertThat(git.run("config", "--list", "--show-scope").lines())
        .allMatch(line -> line.startsWith("local\t") || line.startsWith("command\t"));
  }
}
