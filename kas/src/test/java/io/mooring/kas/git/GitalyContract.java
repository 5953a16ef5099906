package io.mooring.kas.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.kas.git.GitalyException.Code;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What kas relies on in a Git server, scripted or real. */
abstract class GitalyContract {
  private static final TreeScope ALL = new TreeScope(".", true);
  private static final String MAIN = "refs/heads/main";

  private final GitFixture fixture = new GitFixture();
  private final Repositories repositories = fixture.repositories();
  private final Traffic traffic = new Traffic();

  @AfterEach
  void stop() {
    fixture.close();
  }

  /** The repository, empty at first. */
  abstract Repository repository();

  /** Pushes a commit with exactly these files to main. */
  abstract String push(Map<String, String> files);

  @Test
  @Tag("wire-84")
  void tellsAnEmptyRepositoryFromAMissingRef() throws Exception {
    assertThat(repositories.tip(repository(), MAIN, traffic))
        .isEqualTo(new RefTip.EmptyRepository());

    String commit = push(Map.of("a", "a"));

    assertThat(repositories.tip(repository(), MAIN, traffic)).isEqualTo(new RefTip.Found(commit));
    assertThat(repositories.tip(repository(), "HEAD", traffic)).isEqualTo(new RefTip.Found(commit));
    assertThat(repositories.tip(repository(), "refs/heads/other", traffic))
        .isEqualTo(new RefTip.Missing());
  }

  @Test
  @Tag("wire-85")
  void listsFilesWithTheirFullPaths() throws Exception {
    String commit =
        push(Map.of("a.yaml", "1", "dir/b.yaml", "2", "dir/sub/c.yaml", "3", "dir.d", "4"));

    assertThat(paths(commit, ALL))
        .containsExactly("a.yaml", "dir.d", "dir/b.yaml", "dir/sub/c.yaml");
    assertThat(paths(commit, new TreeScope(".", false))).containsExactly("a.yaml", "dir.d");
    assertThat(paths(commit, new TreeScope("dir", true)))
        .containsExactly("dir/b.yaml", "dir/sub/c.yaml");
    assertThat(paths(commit, new TreeScope("dir", false))).containsExactly("dir/b.yaml");
  }

  @Test
  @Tag("wire-85")
  void tellsThatADirectoryOrRevisionIsMissing() {
    String commit = push(Map.of("a.yaml", "1"));

    assertFails(Code.NOT_FOUND, () -> paths(commit, new TreeScope("gone", true)));
    assertFails(Code.NOT_FOUND, () -> paths(commit, new TreeScope("gone", false)));
    assertFails(Code.NOT_FOUND, () -> paths("e".repeat(40), ALL));
  }

  @Test
  @Tag("wire-86")
  void letsAListingEndEarly() throws Exception {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      files.put("f" + i, "x");
    }
    String commit = push(files);
    List<String> seen = new ArrayList<>();

    repositories.list(
        repository(),
        commit,
        ALL,
        entry -> {
          seen.add(entry.getPath().toStringUtf8());
          return seen.size() < 3;
        },
        traffic);

    assertThat(seen).hasSize(3);
    assertThat(paths(commit, ALL)).hasSize(300);
  }

  @Test
  @Tag("wire-85")
  void readsFilesOfEverySize() throws Exception {
    String big = "0123456789".repeat(50_000);
    String commit = push(Map.of("empty", "", "small", "\u00fc", "big", big));

    assertThat(content(commit, "empty", 10)).isEmpty();
    assertThat(content(commit, "small", 2)).isEqualTo("\u00fc");
    assertThat(content(commit, "big", big.length())).isEqualTo(big);
  }

  @Test
  @Tag("wire-85")
  void tellsWhyAFileIsNotGiven() {
    String commit = push(Map.of("file", "12345", "dir/file", "1"));

    assertFails(Code.FILE_TOO_BIG, () -> content(commit, "file", 4));
    assertFails(Code.NOT_FOUND, () -> content(commit, "gone", 4));
    assertFails(Code.NOT_FOUND, () -> content("e".repeat(40), "file", 4));
    assertFails(Code.UNEXPECTED_TREE_ENTRY_TYPE, () -> content(commit, "dir", 4));
  }

  @Test
  void tellsWhatChangedBetweenCommits() throws Exception {
    Map<String, String> files =
        new HashMap<>(Map.of("a", "1", "dir/b", "2", "dir/c", "3", "moved", "a longer text"));
    assertThat(read(push(files))).isEqualTo(files);
    files.put("dir/b", "changed");
    files.put("new/d", "4");
    files.remove("a");
    files.remove("moved");
    files.put("elsewhere", "a longer text");
    String second = push(files);
    Traffic counted = new Traffic();

    Tree tree = repositories.tree(repository(), MAIN, second, ALL, 1000, counted);

    assertThat(counted.calls()).isEqualTo(1);
    assertThat(tree.files())
        .extracting(TreeFile::path)
        .containsExactly("dir/b", "dir/c", "elsewhere", "new/d");
    assertThat(read(second)).isEqualTo(files);
  }

  private Map<String, String> read(String commit) throws Exception {
    Map<String, String> read = new HashMap<>();
    for (TreeFile file :
        repositories.tree(repository(), MAIN, commit, ALL, 1000, traffic).files()) {
      read.put(
          file.path(),
          repositories.content(repository(), commit, file, 1 << 20, traffic).toStringUtf8());
    }
    return read;
  }

  private List<String> paths(String commit, TreeScope scope) throws Exception {
    return repositories.tree(repository(), commit, commit, scope, 1000, traffic).files().stream()
        .map(TreeFile::path)
        .toList();
  }

  private String content(String commit, String path, long maxSize) throws Exception {
    return repositories
        .content(repository(), commit, TreeFile.named(path, commit), maxSize, traffic)
        .toStringUtf8();
  }

  private static void assertFails(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(GitalyException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
