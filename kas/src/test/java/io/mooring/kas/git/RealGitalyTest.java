package io.mooring.kas.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealGitalyTest extends GitalyContract {
  @TempDir private Path folder;
  private RealGitaly gitaly;

  @BeforeEach
  void startGitaly() {
    gitaly = new RealGitaly(folder);
  }

  @AfterEach
  void stopGitaly() {
    gitaly.close();
  }

  @Override
  Repository repository() {
    return new Repository(gitaly.info(), gitaly.entity());
  }

  @Override
  String push(Map<String, String> files) {
    return gitaly.push(files);
  }

  @Test
  @Tag("wire-89")
  void followsAnAnnotatedTagByItsOwnId() throws Exception {
    push(Map.of("a", "tagged"));
    gitaly.git().run("tag", "-a", "-m", "A tag", "v1");
    gitaly.push("refs/tags/v1");
    String tag = gitaly.git().run("rev-parse", "refs/tags/v1");
    push(Map.of("a", "later"));

    try (GitFixture git = new GitFixture()) {
      Repositories repositories = git.repositories();
      Traffic traffic = new Traffic();
      assertThat(repositories.tip(repository(), "refs/tags/v1", traffic))
          .isEqualTo(new RefTip.Found(tag));
      Tree tree =
          repositories.tree(
              repository(), "refs/tags/v1", tag, new TreeScope(".", true), 10, traffic);
      assertThat(
              repositories
                  .content(repository(), tag, tree.files().getFirst(), 10, traffic)
                  .toStringUtf8())
          .isEqualTo("tagged");
    }
  }

  @Test
  @Tag("fault-49")
  void neitherFollowsLinksNorEntersSubmodules() throws Exception {
    gitaly
        .git()
        .write("a", "a")
        .run("update-index", "--add", "--cacheinfo", "160000," + "1".repeat(40) + ",sub");
    Files.createSymbolicLink(gitaly.git().directory().resolve("link"), Path.of("/etc/passwd"));
    gitaly.git().run("add", "a", "link");
    Files.delete(gitaly.git().directory().resolve("link"));
    gitaly.git().run("commit", "--quiet", "--message", "Links");
    gitaly.push("HEAD:refs/heads/main");
    String commit = gitaly.git().run("rev-parse", "HEAD");

    try (GitFixture git = new GitFixture()) {
      Repositories repositories = git.repositories();
      Traffic traffic = new Traffic();
      Tree tree =
          repositories.tree(
              repository(), "refs/heads/main", commit, new TreeScope(".", true), 10, traffic);
      assertThat(tree.files()).extracting(TreeFile::path).containsExactly("a", "link");
      assertThat(
              repositories
                  .content(repository(), commit, tree.files().get(1), 100, traffic)
                  .toStringUtf8())
          .isEqualTo("/etc/passwd");
    }
  }
}
