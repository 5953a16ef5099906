package io.mooring.kas.git;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.wire.gitaly.ChangedPaths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TreeProperties {
  @Property(tries = 1000)
  void aChangedListingIsTheListingOfTheOtherCommit(
      @ForAll("trees") Map<String, Integer> before,
      @ForAll("trees") Map<String, Integer> after,
      @ForAll("scopes") TreeScope scope) {
    Tree changed = list(before, scope).changed("new", changes(before, after), Integer.MAX_VALUE);

    assertThat(changed.files().stream().map(TreeFile::path))
        .isEqualTo(list(after, scope).files().stream().map(TreeFile::path).toList());
    for (TreeFile file : changed.files()) {
      boolean same = Objects.equals(after.get(file.path()), before.get(file.path()));
      assertThat(file.identity())
          .isEqualTo(same ? "oid" + before.get(file.path()) : "new:" + file.path());
    }
  }

  @Property(tries = 1000)
  void filesStandInTheOrderOfTheirBytes(@ForAll("trees") Map<String, Integer> files) {
    List<ByteString> paths =
        list(files, new TreeScope(".", true)).files().stream()
            .map(file -> ByteString.copyFromUtf8(file.path()))
            .toList();

    assertThat(paths).isSortedAccordingTo(ByteString.unsignedLexicographicalComparator());
  }

  private static Tree list(Map<String, Integer> files, TreeScope scope) {
    List<TreeFile> listed = new ArrayList<>();
    files.forEach((path, content) -> {
      if (scope.contains(path)) {
        listed.add(new TreeFile(path, "oid" + content, true));
      }
    });
    return new Tree(scope, listed, true);
  }

  private static List<ChangedPaths> changes(
      Map<String, Integer> before, Map<String, Integer> after) {
    List<ChangedPaths> changes = new ArrayList<>();
    before.forEach((path, content) -> {
      if (!after.containsKey(path)) {
        changes.add(change(path, ChangedPaths.Status.DELETED, 0));
      }
    });
    after.forEach((path, content) -> {
      if (!before.containsKey(path)) {
        changes.add(change(path, ChangedPaths.Status.ADDED, 0100644));
      } else if (!content.equals(before.get(path))) {
        changes.add(change(path, ChangedPaths.Status.MODIFIED, 0120000));
      }
    });
    return changes;
  }

  private static ChangedPaths change(String path, ChangedPaths.Status status, int mode) {
    return ChangedPaths.newBuilder()
        .setPath(ByteString.copyFromUtf8(path))
        .setStatus(status)
        .setNewMode(mode)
        .build();
  }

  @Provide
  Arbitrary<Map<String, Integer>> trees() {
    Arbitrary<String> paths =
        Arbitraries.of(
            "a",
            "a.b",
            "a/b",
            "a/b/c",
            "a0",
            "b",
            "b/a",
            "b/\uD83D\uDE00",
            "b/\uFFFD",
            "b/\u00e9",
            "c/d/e");
    return Arbitraries.maps(paths, Arbitraries.integers().between(1, 3)).map(TreeMap::new);
  }

  @Provide
  Arbitrary<TreeScope> scopes() {
    return Arbitraries.of(
        new TreeScope(".", true),
        new TreeScope(".", false),
        new TreeScope("a", true),
        new TreeScope("b", false));
  }
}
