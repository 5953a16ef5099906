package io.mooring.kas.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.kas.git.Tree;
import io.mooring.kas.git.TreeFile;
import io.mooring.kas.git.TreeScope;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {
  private static final TreeScope ALL = new TreeScope(".", true);

  @ParameterizedTest
  @CsvSource({
    "a,false",
    ".a,false",
    "a/.b,false",
    ".a/b,true",
    "a/.b/c,true",
    "a/b./c,false",
    "a/..b/c,true",
    "./a,true"
  })
  void onlyDirectoriesHide(String path, boolean hidden) {
    assertThat(Selection.isInHiddenDirectory(path)).isEqualTo(hidden);
  }

  @Test
  @Tag("fault-49")
  void refusesAPathThatNoTextCanHold() throws Exception {
    Tree tree = tree(new TreeFile("a\uFFFD.yaml", "x", false), new TreeFile("b.yaml", "y", true));
    Selection selection = new Selection(10);

    selection.add(Glob.parse("b*"), tree);

    assertThatThrownBy(() -> selection.add(Glob.parse("a*"), tree))
        .isInstanceOf(SelectionException.class)
        .hasMessageStartingWith("path is not UTF-8: \"a\uFFFD.yaml\"");
  }

  @Test
  @Tag("fault-49")
  void takesPathsThatAreOddButText() throws Exception {
    String longest = "d/".repeat(2000) + "f.yaml";
    Tree tree =
        tree(
            named("line\nbreak.yaml"),
            named("A.yaml"),
            named("a.yaml"),
            named(longest),
            named("..yaml"));
    Selection selection = new Selection(10);

    selection.add(Glob.parse("**/*.yaml"), tree);

    assertThat(selection.chosen()).hasSize(5);
  }

  private static TreeFile named(String path) {
    return new TreeFile(path, path, true);
  }

  private static Tree tree(TreeFile... files) {
    return new Tree(ALL, List.of(files), true);
  }
}
